"""Single characters of an Onigmo pattern: escapes, character classes and Unicode properties."""

from __future__ import annotations

import re

from translators.fluentbit.onigmo_sets import (
    ASCII_BRACKETS,
    BRACKETS,
    DIGIT,
    HEXADECIMAL,
    NONE,
    SPACE,
    UNICODE_DIGIT,
    UNICODE_SPACE,
    UNICODE_WORD,
    WORD,
    CharSet,
    NotComputable,
)
from translators.fluentbit.onigmo_syntax import Onigmo

_SHORT = {"d": (DIGIT, UNICODE_DIGIT), "w": (WORD, UNICODE_WORD), "s": (SPACE, UNICODE_SPACE)}
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b"}
_CATEGORIES = {
    "letter": "L",
    "uppercaseletter": "Lu",
    "lowercaseletter": "Ll",
    "titlecaseletter": "Lt",
    "modifierletter": "Lm",
    "otherletter": "Lo",
    "mark": "M",
    "number": "N",
    "decimalnumber": "Nd",
    "punctuation": "P",
    "symbol": "S",
    "separator": "Z",
    "spaceseparator": "Zs",
    "other": "C",
    "control": "Cc",
}
_POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")
_PROPERTY = re.compile(r"([pP])\{(\^?)([A-Za-z0-9_ -]+)\}")
_BYTES = re.compile(r"(?:\\x[89a-fA-F][0-9a-fA-F])*")


class CharacterReader:
    """The part of the parser that reads characters and sets of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def named_set(self, characters: str) -> CharSet | None:
        """The set of ``\\d`` or ``\\p{…}``; ``at`` is behind the backslash, and behind the name when there is one."""
        letter = self.peek()
        if letter in ("h", "H"):
            self.at += 1
            return HEXADECIMAL if letter == "h" else HEXADECIMAL.inverse()
        if letter.lower() in _SHORT and letter:
            self.at += 1
            found = _SHORT[letter.lower()][1 if characters == "u" else 0]
            return found if letter.islower() else found.inverse()
        match = _PROPERTY.match(self.text, self.at)
        if match is None:
            return None
        found = self._property(match[3], characters)
        self.at = match.end()
        return found if (match[1] == "p") == (match[2] == "") else found.inverse()

    def _property(self, name: str, characters: str) -> CharSet:
        plain = re.sub(r"[ _-]", "", name).lower()
        if plain in BRACKETS:
            return (ASCII_BRACKETS if characters == "a" else BRACKETS)[plain]
        if plain in ("any", "assigned"):
            raise Onigmo(f"the property `{name}` is not known to RE2", self.at)
        for spelled in (_CATEGORIES.get(plain, ""), plain.capitalize(), "_".join(map(str.capitalize, name.split("_")))):
            if spelled and _known_to_re2(spelled):
                return CharSet((), (f"\\p{{{spelled}}}",))
        raise Onigmo(f"the property `{name}` is not known to RE2", self.at)

    def escaped_text(self, start: int) -> str:
        """What one escape stands for; ``at`` is behind the backslash. Bytes of one character are taken together."""
        letter = self.peek()
        if not letter:
            raise Onigmo("a backslash ends the pattern", start)
        if letter == "x" and (text := self._hexadecimal(start)) is not None:
            return text
        if letter == "u":
            digits = re.compile(r"u([0-9a-fA-F]{4})").match(self.text, self.at)
            if digits is None:
                raise Onigmo("`\\u` wants four hexadecimal digits", start)
            self.at = digits.end()
            return chr(int(digits[1], 16))
        if letter == "0":
            digits = re.compile(r"0[0-7]{0,2}").match(self.text, self.at)
            self.at = digits.end() if digits else self.at
            return chr(int(digits[0], 8)) if digits else "\0"
        if (control := self._control(start)) is not None:
            return control
        self.at += 1
        return _CONTROL.get(letter, letter)

    def _control(self, start: int) -> str | None:
        found = re.compile(r"(?:c|C-)(\\\\|[^\\])", re.DOTALL).match(self.text, self.at)
        if self.text.startswith(("M-", "c\\", "C-\\"), self.at) and (found is None or len(found[1]) == 1):
            raise Onigmo("a meta or nested control escape is not supported", start)
        if found is None:
            return None
        self.at = found.end()
        return "\x7f" if found[1] == "?" else chr(ord(found[1][-1]) & 0x9F)

    def _hexadecimal(self, start: int) -> str | None:
        braces = re.compile(r"x\{([0-9a-fA-F]{1,8})\}").match(self.text, self.at)
        if braces:
            self.at = braces.end()
            if int(braces[1], 16) > 0x10FFFF:
                raise Onigmo("no such character", start)
            return chr(int(braces[1], 16))
        digits = re.compile(r"x([0-9a-fA-F]{0,2})").match(self.text, self.at)
        if digits is None or not digits[1]:
            raise Onigmo("`\\x` wants hexadecimal digits", start)
        self.at = digits.end()
        if int(digits[1], 16) < 0x80:
            return chr(int(digits[1], 16))
        return self._bytes(int(digits[1], 16), start)

    def _bytes(self, first: int, start: int) -> str:
        length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        rest = self.text[self.at : self.at + 4 * (length - 1)]
        if not _BYTES.fullmatch(rest):
            raise Onigmo("bytes that are no UTF-8 character cannot be said in RE2", start)
        try:
            text = bytes([first, *(int(part, 16) for part in rest.split("\\x")[1:])]).decode()
        except UnicodeDecodeError:
            raise Onigmo("bytes that are no UTF-8 character cannot be said in RE2", start) from None
        self.at += len(rest)
        return text

    def bracket(self, characters: str, ignore_case: bool = False) -> CharSet:
        """A character class; ``at`` is at its ``[``. ``&&`` binds weaker than standing side by side.

        Case is ignored inside the outermost ``^`` only, as Onigmo does it.
        """
        start = self.at
        self.at += 1
        inverted = self.peek() == "^"
        self.at += inverted
        try:
            found = self._operands(start, characters)
            found = found.folded() if ignore_case else found
            return found.inverse() if inverted else found
        except NotComputable:
            raise Onigmo("this class needs the intersection of Unicode properties", start) from None

    def _operands(self, start: int, characters: str) -> CharSet:
        found: CharSet | None = None
        union, first = NONE, True
        while True:
            if not self.peek():
                raise Onigmo("a character class is not closed", start)
            if self.peek() == "]" and not first:
                self.at += 1
                return union if found is None else found & union
            if self.text.startswith("&&", self.at):
                self.at += 2
                found = union if found is None else found & union
                union, first = NONE, False
                continue
            union, first = union | self._member(characters), False

    def _member(self, characters: str) -> CharSet:
        """A nested class, a named set, a range or one character."""
        if (posix := _POSIX.match(self.text, self.at)) is not None:
            if posix[2] not in BRACKETS:
                raise Onigmo(f"`[:{posix[2]}:]` is no class", self.at)
            self.at = posix.end()
            found = (ASCII_BRACKETS if characters == "a" else BRACKETS)[posix[2]]
            return found.inverse() if posix[1] else found
        if self.peek() == "[":
            return self.bracket(characters)
        start = self.at
        low = self._character(characters)
        if isinstance(low, CharSet):
            self._refuse_range(start)
            return low
        return self._range(low, characters)

    def _refuse_range(self, start: int) -> None:
        if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "["):
            raise Onigmo("a set cannot begin a range", start)

    def _range(self, low: str, characters: str) -> CharSet:
        follows = self.text[self.at + 1 : self.at + 3]
        if self.peek() != "-" or follows[:1] in ("]", "[", "") or follows == "&&":
            return CharSet.of(low)
        start = self.at
        self.at += 1
        high = self._character(characters)
        if isinstance(high, CharSet):
            raise Onigmo("a set cannot end a range", start)
        if ord(high) < ord(low):
            raise Onigmo("a range runs backwards", start)
        return CharSet.spanning([(ord(low), ord(high))])

    def _character(self, characters: str) -> str | CharSet:
        start, character = self.at, self.peek()
        self.at += 1
        if character != "\\":
            return character
        if self.peek() == "R" or self.peek() == "X":
            raise Onigmo("`\\R` and `\\X` have no meaning in a class", start)
        if self.peek() == "b":
            self.at += 1
            return "\b"
        if self.peek().isdigit() and self.peek() in "1234567":
            digits = re.compile(r"[0-7]{1,3}").match(self.text, self.at)
            self.at = digits.end() if digits else self.at
            return chr(int(digits[0], 8)) if digits else ""
        found = self.named_set(characters)
        return self.escaped_text(start) if found is None else found


def _known_to_re2(name: str) -> bool:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(f"\\p{{{name}}}", options)
    except re2.error:
        return False
    return True
