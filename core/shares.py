"""A part of a whole is a number that is written as a percentage: in words, and in files by their
format, so that people can go on reckoning with it."""


class Share(float):
    """0.632, written 「63.2%」."""

    def __str__(self) -> str:
        return f"{float(self):.1%}"
