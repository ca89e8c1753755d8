"""Files that layers store besides their weights, such as vocabularies: one folder per object."""

from tfk.saving.load_scopes import MISFITS
from tfk.saving.object_tree import walk
from tfk.saving.protocols import LoadsAssets, SavesAssets


def save_assets(root, folder):
    """Have `root` and every object in it write their files below `folder`, a `pathlib.Path`."""
    for place, item in walk(root):
        if isinstance(item, SavesAssets):
            target = folder / place
            target.mkdir(parents=True, exist_ok=True)
            item.save_assets(str(target))


def places_of_assets(root):
    """Return the folders of all objects below `root` that read files."""
    return [place for place, item in walk(root) if isinstance(item, LoadsAssets)]


def load_assets(root, folder):
    """Have every object read the files that `save_assets` wrote.

    Raises: ValueError that names the object for files that are missing or damaged.
    """
    if not folder.is_dir():
        return
    for place, item in walk(root):
        if not isinstance(item, LoadsAssets) or not (folder / place).is_dir():
            continue
        try:
            item.load_assets(str(folder / place))
        except (OSError, UnicodeError, *MISFITS) as error:
            raise ValueError(
                f"The files of {getattr(item, 'name', place)!r} in the archive cannot be read:"
                f" {error}"
            ) from error
