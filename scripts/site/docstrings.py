"""Docstrings as Markdown: sections in bold, arguments as a list, examples as code."""

import re

import griffe

# `Args:`, `Input shape:`, `Raises:` ... start new paragraphs; their text may follow on the line.
SECTION = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)?):(?: +(?=\S)|$)", re.M)
ENTRY = re.compile(r"^ {4}(\*{0,2}\w+(?:, \*{0,2}\w+)*):", re.M)


def as_markdown(docstring):
    """Return a docstring in Markdown.

    >>> print(as_markdown("Add.\\nArgs:\\n    x, y: Numbers.\\n>>> 1 + 1\\n2"))
    Add.
    <BLANKLINE>
    **Args**
    <BLANKLINE>
    - `x`, `y`: Numbers.
    <BLANKLINE>
    ```pycon
    >>> 1 + 1
    2
    ```
    """
    text, _, example = docstring.partition("\n>>> ")
    text = SECTION.sub(
        lambda match: f"\n**{match[1]}**" + (": " if match[0].endswith(" ") else "\n"), text
    )
    text = ENTRY.sub(lambda match: f"- `{match[1].replace(', ', '`, `')}`:", text)
    return f"{text.rstrip()}\n\n```pycon\n>>> {example}\n```" if example else text


class MarkdownDocstrings(griffe.Extension):
    """Rewrites every docstring that is loaded."""

    def on_object(self, *, obj, **kwargs):
        """Rewrite the docstring of one object."""
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value)
