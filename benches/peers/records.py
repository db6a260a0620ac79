"""The records of the benchmark: the project's examples over and over, no two alike."""

import random
import re
from pathlib import Path

SEED = "migrationsleitbild"
NUMBER = re.compile(r'^nummer( *)= "V/\d{4}/(.+?)"', re.MULTILINE)
LONG_TEXT = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''", re.DOTALL)
NOUN = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{5,}\b")
FORM = re.compile(r'^template *= *"(.+?)"', re.MULTILINE)
IMAGE = "!["


def write(examples: Path, folder: Path, count: int, times: int = 1) -> list[str]:
    """Writes the records and returns the names of their files, without ending.

    Each has a number of its own, and in each long text the nouns change places, so that hardly a paragraph
    comes twice and nobody gains by remembering one. With `times` the long texts are that many times as long. The seed of
    the project comes first.
    """
    folder.mkdir(parents=True)
    texts = [path.read_text("utf-8") for path in sorted(examples.glob("*/*.toml"), key=seed_first)]
    texts = [text for text in map(without_files, texts) if is_alike(text)]
    return [write_one(texts[index % len(texts)], folder, index, times) for index in range(count)]


def without_files(text: str) -> str:
    """The record without its file annexes, which stand last."""
    return text.partition("\n[anlage.1]")[0]


def is_alike(text: str) -> bool:
    """Tells whether a record has nothing but Anlage A of Münster, without images: one document each, as all tools make it."""
    return FORM.findall(text) == ["muenster-anlage-a"] and IMAGE not in text


def seed_first(path: Path) -> tuple[bool, Path]:
    return path.parent.name != SEED, path


def write_one(text: str, folder: Path, index: int, times: int) -> str:
    number = f"V/{index + 1:04}/{NUMBER.search(text)[2]}"
    text = NUMBER.sub(rf'nummer\1= "{number}"', text)
    text = LONG_TEXT.sub(lambda found: shuffled(repeated(found[0], times), random.Random(index)), text)
    name = number.replace("/", "-")
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return name


def repeated(text: str, times: int) -> str:
    """A long text with its quotes, so many times as long."""
    return text[:3] + "\n\n".join([text[3:-3].strip("\n")] * times) + text[-3:]


def shuffled(text: str, chance: random.Random) -> str:
    """The text with its nouns in another order."""
    nouns = NOUN.findall(text)
    chance.shuffle(nouns)
    return NOUN.sub(lambda _: nouns.pop(), text)
