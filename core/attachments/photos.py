"""A photograph decoded and encoded anew: what comes out has pixels and nothing else.

Place, time, camera and whatever else was written beside them stay behind (TRUST T43), and so
does any other file that was hidden in or after the picture. Runs in the capped child.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from core.attachments.limits import (
    BROKEN_PHOTO,
    FILE_BYTES,
    PIXELS,
    SIDE,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    Unfit,
)

# The plug-ins of other formats are never asked.
FORMATS = ("JPEG", "PNG")
_QUALITIES = (85, 75, 60)
# Encoding 40 million pixels as PNG takes a quarter of a minute.
_PNG_PIXELS = 12_000_000
_WHITE = (255, 255, 255)


def clean_photo(data: bytes) -> tuple[str, bytes]:
    """("jpg" or "png", the picture anew). Raises Unfit.

    Its size is read from the header and judged before anything is decoded. A picture of a
    screen stays a PNG; a larger one becomes a JPEG, which takes a tenth of the time.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns at twice our limit and refuses at four times.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                width, height = image.size
                if width * height > PIXELS or max(width, height) > SIDE:
                    raise Unfit(TOO_MANY_PIXELS)
                stays_png = image.format == "PNG" and width * height <= _PNG_PIXELS
                image.load()
                pixels = _plain(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        # Pillow's plug-ins answer damage with all of these.
        raise Unfit(BROKEN_PHOTO) from None
    if stays_png and len(found := _encoded(pixels, "PNG", compress_level=6)) <= FILE_BYTES:
        return "png", found
    flat = _on_white(pixels)
    for quality in _QUALITIES:
        found = _encoded(flat, "JPEG", quality=quality)
        if len(found) <= FILE_BYTES:
            return "jpg", found
    raise Unfit(TOO_LARGE)


def _plain(image: Image.Image) -> Image.Image:
    """Pixels in a mode that both formats know, without a word beside them."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        mode = "RGBA"
    else:
        mode = "L" if image.mode in {"1", "L", "I", "F"} or ";" in image.mode else "RGB"
    # Sixteen bits are cut to eight: convert() would clip them to white.
    image = image.point(lambda value: value / 256).convert("L") if _is_deep(image) else image
    image = image.convert(mode)
    # Encoders copy comments, colour profiles and texts from here.
    image.info = {}
    return image


def _is_deep(image: Image.Image) -> bool:
    return image.mode == "I" or image.mode.startswith("I;16")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    sheet = Image.new("RGB", image.size, _WHITE)
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet


def _encoded(image: Image.Image, name: str, **options: int) -> bytes:
    target = io.BytesIO()
    image.save(target, name, **options)
    return target.getvalue()
