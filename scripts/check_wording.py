"""Fails on wording that reads translated: `scripts/check_wording.py [PATH ...]`.

Reads docstrings, comments and messages of Python files and the text of Markdown files, by default
of the package, the documentation and the scripts. A line that has to keep a phrase (a quotation,
say) ends with `wording: ok`.
"""

import argparse
import io
import pathlib
import re
import tokenize

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATHS = ("tfk", "tfk_cli.py", "docs", "scripts", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
# Phrases and what to write instead.
PHRASES = {
    r"\bas of `": "see X; same as in X",
    r"\b[Ss]hares? of\b(?! (a|the) (global )?batch)": "fraction, proportion, momentum",
    r"\b(is|are|was|were|be|been) told\b": "known, reported, specified",
    r"\bnobody|everybody|whoever\b": "unknown, unused, the caller, the author",
    r"\btells? (the|what|which|whether|how|it|where)\b": "specifies, reports, determines",
    r"\bby (itself|themselves)\b": "automatically, separately",
    r"\banew\b": "again, from scratch; retrace",
    r"\b(go|goes|went|going) on\b(?! (the|a) )": "continue, resume",
    r"\bof (one's|its|their|his|your) own\b": "custom, separate",
    r"\bmeanwhile\b": "temporarily, in the process, during the call",
    r"\bfor ever\b": "forever, indefinitely",
    r"\bcannot be had\b": "is not supported",
    r"\bmade up\b": "tampered with, invalid",
    r"\b(lies|lay|lie) (in|at|on|there|between)\b": "is stored in, is in the range",
    r"\bforetell": "infer, predict",
    r"\bwithout (a word|chance)\b": "silently; deterministic",
    r"\b[Rr]efuse[sd]?\b": "reject, raise, not allowed",
    r"\bkin\b": "and related functions",
    r"\bstands? (in|at|beside|before|there)\b": "is in, precedes",
    r"\bmodels? made of Inputs\b": "functional model",
    r"\bsamples a batch\b|\bone a line\b|\bone line an epoch\b": "one X per Y",
    r"\bis no (tensor|layer|model|dict|cell|callable|weight|saved state|identifier)\b": "is not a",
    r"\bas was asked for\b|\bwere? asked for\b": "requested",
    r"\bunder way\b": "current, running",
    r"\bunknown ending\b": "unknown extension",
    r"\bhold training up\b": "slow down training",
}
RULES = [(re.compile(pattern), advice) for pattern, advice in PHRASES.items()]


def prose(path):
    """Yield `(line number, text)` of everything in a file that people read."""
    source = path.read_text(encoding="utf8")
    if path.suffix == ".md":
        yield from enumerate(source.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        if kind in ("STRING", "COMMENT", "FSTRING_MIDDLE"):
            for offset, line in enumerate(token.string.splitlines()):
                yield token.start[0] + offset, line


def files(paths):
    """Return the Python and Markdown files among or below some paths, but this one."""
    found = []
    for path in map(pathlib.Path, paths):
        below = [path] if path.is_file() else [*path.rglob("*.py"), *path.rglob("*.md")]
        found += [file for file in below if file.resolve() != pathlib.Path(__file__).resolve()]
    return sorted(found)


def offences(path):
    """Return a message for each phrase of the list in a file."""
    lines = path.read_text(encoding="utf8").splitlines()
    return [
        f"{path}:{number}: {match[0]!r} (say: {advice})"
        for number, text in prose(path)
        for rule, advice in RULES
        if (match := rule.search(text)) and not lines[number - 1].endswith("wording: ok")
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", help="files and folders, by default the project's")
    paths = parser.parse_args().paths or [ROOT / path for path in PATHS]
    found = [message for path in files(paths) for message in offences(path)]
    print("\n".join(found))
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
