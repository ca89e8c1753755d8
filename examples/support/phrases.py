"""Pairs of phrases to translate: read from a file, or made."""

import datetime

import numpy as np

ONES = "one two three four five six seven eight nine ten eleven twelve".split()
ONES += "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
EINER = "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()
EINER += "dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
ZEHNER = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
DATE_FORMS = ("%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%m/%d/%y", "%A %d %b %Y", "%b %d %Y")


def read_pairs(path, count):
    """The first `count` pairs of a text file with a pair a line, a tab between its phrases; more
    columns are ignored.
    """
    with open(path, encoding="utf8") as file:
        pairs = [line.rstrip("\n").split("\t")[:2] for line, _ in zip(file, range(count))]
    if not pairs or min(map(len, pairs)) < 2:
        raise SystemExit(f"{path}: expected two phrases a line with a tab between them")
    return pairs


def make_dates(count, seed=0):
    """Dates as people write them, and as computers sort them: `["March 3, 1984", "1984-03-03"]`."""
    rng = np.random.default_rng(seed)
    first, last = datetime.date(1970, 1, 1).toordinal(), datetime.date(2068, 12, 31).toordinal()
    days = [
        datetime.date.fromordinal(int(day))
        for day in rng.choice(np.arange(first, last), count, replace=False)
    ]
    return [[day.strftime(rng.choice(DATE_FORMS)), day.isoformat()] for day in days]


def english(number):
    """A number from 1 to 999,999 in English words."""
    if number >= 1000:
        return f"{english(number // 1000)} thousand {english_rest(number % 1000)}".strip()
    if number >= 100:
        return f"{ONES[number // 100 - 1]} hundred {english_rest(number % 100)}".strip()
    if number < 20:
        return ONES[number - 1]
    ten = TENS[number // 10 - 2]
    return f"{ten} {ONES[number % 10 - 1]}" if number % 10 else ten


def english_rest(number):
    """What follows a hundred or a thousand."""
    if number == 0:
        return ""
    return f"and {english(number)}" if number < 100 else english(number)


def german(number):
    """The same in German words, which name the ones before the tens: 21 is "ein und zwanzig"."""
    if number >= 1000:
        return f"{german(number // 1000)} tausend {german(number % 1000)}".strip()
    if number >= 100:
        return f"{EINER[number // 100 - 1]} hundert {german(number % 100)}".strip()
    if number >= 20:
        ten = ZEHNER[number // 10 - 2]
        return f"{EINER[number % 10 - 1]} und {ten}" if number % 10 else ten
    return EINER[number - 1] if number else ""


def make_numbers(count, seed=0):
    """Numbers from 1 to 999,999 in English and in German words, each number once."""
    numbers = np.random.default_rng(seed).choice(np.arange(1, 1_000_000), count, replace=False)
    return [[english(int(number)), german(int(number))] for number in numbers]
