"""Files that layers store besides their weights, such as vocabularies: one folder per object."""

from tfk.saving import earlier_trees
from tfk.saving.load_scopes import MISFITS
from tfk.saving.object_tree import walk
from tfk.saving.protocols import LoadsAssets, SavesAssets


def save_assets(root, folder, for_earlier=False):
    """Have `root` and every object in it write their files.

    Args:
        root: The model, or another object that saves itself.
        folder: A `pathlib.Path`; each object gets a folder in it.
        for_earlier: Whether to write them also where Keras 2.12 to 2.14 look for them.
    """
    items = {place: item for place, item in walk(root) if isinstance(item, SavesAssets)}
    names = earlier_trees.second_names(root) if items and for_earlier else {}
    also = {place: items[first] for place, first in names.items() if first in items}
    for place, item in (items | also).items():
        target = folder / place
        target.mkdir(parents=True, exist_ok=True)
        item.save_assets(str(target))


def readers_of(root, folders):
    """Return a dict from the folders of all objects below `root` that read files to the objects.

    Args:
        root: The model, or another object that saves itself.
        folders: Set of the folders in the file, which determine its layout.
    """
    layouts = (
        {place: item for place, item in layout(root) if isinstance(item, LoadsAssets)}
        for layout in (walk, *earlier_trees.WALKS)
    )
    return max(layouts, key=lambda readers: len(folders & readers.keys()))


def load_assets(readers, folder):
    """Have every object read the files that `save_assets` wrote.

    Args:
        readers: Result of `readers_of`.
        folder: The `pathlib.Path` that contains their folders.

    Raises: ValueError that names the object for files that are missing or damaged.
    """
    for place, item in readers.items():
        if not (folder / place).is_dir():
            continue
        try:
            item.load_assets(str(folder / place))
        except (OSError, UnicodeError, *MISFITS) as error:
            raise ValueError(
                f"The files of {getattr(item, 'name', place)!r} in the archive cannot be read:"
                f" {error}"
            ) from error
