"""Makes the scans of this folder: one picture in every kind of file that scanners write. Run once; needs Pillow.

The picture has a red, a green, a blue and a white quarter, the white one with a black bar; in grey and in 1 bit it is
what becomes of these. File names say the kind; "-o5" is stored so that orientation 5 puts it upright.
"""

import io
import struct
import zlib

from PIL import Image, ImageDraw, TiffImagePlugin

SIZE = (208, 304)
DPI = 150


def picture():
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    width, height = SIZE[0] // 2, SIZE[1] // 2
    draw.rectangle([0, 0, width - 1, height - 1], fill=(230, 0, 0))
    draw.rectangle([width, 0, SIZE[0], height - 1], fill=(0, 160, 0))
    draw.rectangle([0, height, width - 1, SIZE[1]], fill=(0, 0, 220))
    draw.rectangle([width + 30, height + 30, width + 50, SIZE[1] - 20], fill="black")
    return image


COLOUR = picture()
GREY = COLOUR.convert("L")
# Without dithering: red and blue become black, green and white white.
BITS = GREY.point(lambda value: 255 if value > 90 else 0).convert("1", dither=Image.Dither.NONE)
# How an upright picture is stored for each orientation.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def tiff(name, pages, order="<"):
    """Writes directories as they are given: tag -> (type, values), the data under the key "chunks"."""
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
    out = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 0))
    link = 4
    for tags in pages:
        tags = dict(tags)
        chunks = tags.pop("chunks")
        offsets = []
        for chunk in chunks:
            offsets.append(len(out))
            out += chunk + b"\0" * (len(chunk) % 2)
        places, counts = (324, 325) if 322 in tags else (273, 279)
        tags[places] = (4, offsets)
        tags[counts] = (4, [len(chunk) for chunk in chunks])
        if 513 in tags:
            tags[513] = (4, [offsets[0]])
        entries = b""
        for tag in sorted(tags):
            kind, values = tags[tag]
            if kind == 5:
                data = b"".join(struct.pack(order + "II", *value) for value in values)
            elif kind in (1, 7):
                data = bytes(values)
            else:
                data = struct.pack(order + f"{len(values)}{'H' if kind == 3 else 'I'}", *values)
            count = len(data) // sizes[kind]
            if len(data) > 4:
                where, data = len(out), data
                out += data + b"\0" * (len(data) % 2)
                data = struct.pack(order + "I", where)
            entries += struct.pack(order + "HHI", tag, kind, count) + data.ljust(4, b"\0")
        struct.pack_into(order + "I", out, link, len(out))
        out += struct.pack(order + "H", len(tags)) + entries
        link = len(out)
        out += b"\0\0\0\0"
    open(name, "wb").write(out)


def tags(image, bits, photometric, compression, chunks, rows=None, resolution=(DPI, DPI), unit=2, **more):
    return {
        256: (3, [image.size[0]]),
        257: (3, [image.size[1]]),
        258: (3, bits),
        259: (3, [compression]),
        262: (3, [photometric]),
        277: (3, [len(bits)]),
        278: (3, [rows or image.size[1]]),
        282: (5, [(round(resolution[0] * 100), 100)]),
        283: (5, [(round(resolution[1] * 100), 100)]),
        296: (3, [unit]),
        "chunks": chunks,
        **{int(key[1:]): value for key, value in more.items()},
    }


def packed_by_libtiff(image, compression, **info):
    """The only strip that libtiff makes of an image. Pillow hands over white as 1, which the fax codings take for black."""
    if image.mode == "1" and compression != "packbits":
        image = image.point(lambda value: 255 - value)
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory[278] = image.size[1]
    for tag, value in info.get("tags", {}).items():
        directory[tag] = value
    file = io.BytesIO()
    image.save(file, "TIFF", compression=compression, tiffinfo=directory)
    read = Image.open(file)
    offsets, counts = read.tag_v2[273], read.tag_v2[279]
    assert len(offsets) == 1
    return file.getvalue()[offsets[0] : offsets[0] + counts[0]]


def jpeg(image, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90, **options)
    return file.getvalue()


def turned_bits(data):
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


def tiles(image, side):
    for top in range(0, image.size[1], side):
        for left in range(0, image.size[0], side):
            tile = Image.new(image.mode, (side, side), "white")
            tile.paste(image, (-left, -top))
            yield tile


def strips(image, rows):
    for top in range(0, image.size[1], rows):
        yield image.crop((0, top, image.size[0], min(top + rows, image.size[1])))


def fax():
    group4 = packed_by_libtiff(BITS, "group4")
    one = lambda **more: [tags(BITS, [1], 0, 4, [group4], **more)]
    tiff("bits-g4.tif", one())
    tiff("bits-g4-big-endian.tif", one(), order=">")
    tiff("bits-g4-cm.tif", one(resolution=(DPI / 2.54, DPI / 2.54), unit=3))
    tiff("bits-g4-fillorder.tif", [tags(BITS, [1], 0, 4, [turned_bits(group4)], _266=(3, [2]))])
    # Where black is zero, the coding's "white" is black.
    inverted = packed_by_libtiff(BITS.point(lambda value: 255 - value), "group4")
    tiff("bits-g4-black-is-zero.tif", [tags(BITS, [1], 1, 4, [inverted])])
    parts = [packed_by_libtiff(strip, "group4") for strip in strips(BITS, 64)]
    tiff("bits-g4-strips.tif", [tags(BITS, [1], 0, 4, parts, rows=64)])
    parts = [packed_by_libtiff(tile, "group4") for tile in tiles(BITS, 128)]
    tiff("bits-g4-tiles.tif", [tags(BITS, [1], 0, 4, parts, _322=(3, [128]), _323=(3, [128]))])
    tiff("bits-g3-1d.tif", [tags(BITS, [1], 0, 3, [packed_by_libtiff(BITS, "group3")])])
    two = packed_by_libtiff(BITS, "group3", tags={292: 1})
    tiff("bits-g3-2d.tif", [tags(BITS, [1], 0, 3, [two], _292=(4, [1]))])
    tiff("bits-huffman.tif", [tags(BITS, [1], 0, 2, [packed_by_libtiff(BITS, "tiff_ccitt")])])
    # A fax in "standard" resolution has half the lines.
    low = BITS.resize((SIZE[0], SIZE[1] // 2), Image.Resampling.NEAREST)
    tiff("bits-g3-flat.tif", [tags(low, [1], 0, 3, [packed_by_libtiff(low, "group3")], resolution=(DPI, DPI / 2))])
    for orientation, way in STORED.items():
        stored = BITS.transpose(way)
        page = tags(stored, [1], 0, 4, [packed_by_libtiff(stored, "group4")], _274=(3, [orientation]))
        tiff(f"bits-g4-o{orientation}.tif", [page])
    tiff("bits-pages.tif", one() + [tags(GREY, [8], 1, 1, [GREY.tobytes()], _254=(4, [1]))] + one() + one())


def samples():
    packbits = packed_by_libtiff(BITS, "packbits")
    # Pillow writes 1 bit with black as zero.
    tiff("bits-packbits.tif", [tags(BITS, [1], 1, 32773, [packbits])])
    white = bytes(255 - byte for byte in BITS.tobytes())
    tiff("bits-white-is-zero.tif", [tags(BITS, [1], 0, 1, [white])])
    tiff("bits-fillorder.tif", [tags(BITS, [1], 1, 1, [turned_bits(BITS.tobytes())], _266=(3, [2]))])
    tiff("grey-lzw.tif", [tags(GREY, [8], 1, 5, [packed_by_libtiff(GREY, "tiff_lzw")])])
    inverted = zlib.compress(bytes(255 - byte for byte in GREY.tobytes()))
    tiff("grey-deflate-white-is-zero.tif", [tags(GREY, [8], 0, 8, [inverted])])
    deep = b"".join(struct.pack(">H", byte * 257) for byte in GREY.tobytes())
    tiff("grey-16.tif", [tags(GREY, [16], 1, 8, [zlib.compress(deep)])], order=">")
    eight = [8, 8, 8]
    tiff("colour-lzw-strips.tif", [tags(COLOUR, eight, 2, 5, [packed_by_libtiff(s, "tiff_lzw") for s in strips(COLOUR, 80)], rows=80)])
    parts = [zlib.compress(tile.tobytes()) for tile in tiles(COLOUR, 128)]
    tiff("colour-tiles.tif", [tags(COLOUR, eight, 2, 8, parts, _322=(3, [128]), _323=(3, [128]))])
    planes = [zlib.compress(plane.tobytes()) for plane in COLOUR.split()]
    tiff("colour-planes.tif", [tags(COLOUR, eight, 2, 8, planes, _284=(3, [2]))])
    clear = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    clear.paste(COLOUR, mask=COLOUR.convert("L").point(lambda value: 0 if value > 250 else 255))
    tiff("colour-alpha.tif", [tags(COLOUR, [8] * 4, 2, 8, [zlib.compress(clear.tobytes())], _338=(3, [2]))])
    cmyk = bytearray()
    for red, green, blue in COLOUR.get_flattened_data() if hasattr(COLOUR, "get_flattened_data") else COLOUR.getdata():
        cmyk += bytes([255 - red, 255 - green, 255 - blue, 0])
    tiff("colour-cmyk.tif", [tags(COLOUR, [8] * 4, 5, 8, [zlib.compress(bytes(cmyk))])])
    colours = [(230, 0, 0), (0, 160, 0), (0, 0, 220), (255, 255, 255), (0, 0, 0)]
    numbers = [colours.index(pixel) for pixel in (COLOUR.get_flattened_data() if hasattr(COLOUR, "get_flattened_data") else COLOUR.getdata())]
    for bits in (4, 8):
        padded = colours + [(0, 0, 0)] * (2**bits - len(colours))
        table = [colour[channel] * 257 for channel in range(3) for colour in padded]
        data = bytes(numbers) if bits == 8 else bytes(a << 4 | b for a, b in zip(numbers[::2], numbers[1::2]))
        tiff(f"colour-palette-{bits}.tif", [tags(COLOUR, [bits], 3, 8, [zlib.compress(data)], _320=(3, table))])


def jpegs():
    tiff("colour-jpeg.tif", [tags(COLOUR, [8] * 3, 6, 7, [jpeg(COLOUR)])])
    parts = [jpeg(strip) for strip in strips(COLOUR, 80)]
    tiff("colour-jpeg-strips.tif", [tags(COLOUR, [8] * 3, 6, 7, parts, rows=80, _530=(3, [2, 2]))])
    file = jpeg(COLOUR)
    tiff("colour-jpeg-old.tif", [tags(COLOUR, [8] * 3, 6, 6, [file], _513=(4, [0]), _514=(4, [len(file)]))])
    # What libtiff makes: tables apart from the data.
    COLOUR.save("colour-jpeg-tables.tif", compression="jpeg", quality=90, dpi=(DPI, DPI))
    GREY.save("grey-jpeg-tables.tif", compression="jpeg", quality=90, dpi=(DPI, DPI))
    options = {"quality": 90, "dpi": (DPI, DPI)}
    COLOUR.save("colour.jpg", **options)
    COLOUR.save("colour-progressive.jpg", progressive=True, **options)
    GREY.save("grey.jpg", **options)
    COLOUR.convert("CMYK").save("colour-cmyk.jpg", **options)
    COLOUR.save("colour-no-resolution.jpg", quality=90)
    for orientation, way in STORED.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        COLOUR.transpose(way).save(f"colour-o{orientation}.jpg", exif=exif, **options)
    large = COLOUR.resize((SIZE[0] * 3, SIZE[1] * 3), Image.Resampling.NEAREST)
    large.save("colour-450-dpi.jpg", quality=80, dpi=(DPI * 3, DPI * 3))


def pngs():
    options = {"dpi": (DPI, DPI), "optimize": True}
    COLOUR.save("colour.png", **options)
    GREY.save("grey.png", **options)
    BITS.save("bits.png", **options)
    COLOUR.quantize(8).save("colour-palette.png", **options)
    clear = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    clear.paste(COLOUR, mask=COLOUR.convert("L").point(lambda value: 0 if value > 250 else 255))
    clear.save("colour-alpha.png", **options)
    deep = Image.new("I;16", SIZE)
    deep.putdata([value * 257 for value in GREY.tobytes()])
    deep.save("grey-16.png", **options)
    large = BITS.resize((SIZE[0] * 4, SIZE[1] * 4), Image.Resampling.NEAREST)
    large.save("bits-600-dpi.png", dpi=(DPI * 4, DPI * 4), optimize=True)


fax()
samples()
jpegs()
pngs()
