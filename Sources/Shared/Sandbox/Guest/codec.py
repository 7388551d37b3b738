# Plain data as bytes; PlainValue.swift says the format. Reading builds exact built-in values only, so that nothing
# whose comparison a program wrote can come across.
import struct

DEPTH = 100          # of values within values
ELEMENTS = 100_000   # taken from an iterator
FRAME = 8 << 20      # bytes

_u32 = struct.Struct('<I')
_f64 = struct.Struct('<d')


class Unsendable(Exception):
    pass


class Malformed(Exception):
    pass


class Handle:
    """An object that stays where it is; the other side knows its number."""
    __slots__ = ('number', 'kind')

    def __init__(self, number, kind=''):
        self.number = number
        self.kind = kind


def _counted(tag, data):
    return tag + _u32.pack(len(data)) + data


def _integer(value):
    return _counted(b'I', value.to_bytes((value.bit_length() + 8) // 8, 'little', signed=True))


def _text(value):
    return _counted(b'S', value.encode('utf-8', 'surrogatepass'))


_leaves = {
    type(None): lambda value: b'N',
    bool: lambda value: b'T' if value else b'F',
    int: _integer,
    float: lambda value: b'R' + _f64.pack(value),
    complex: lambda value: b'C' + _f64.pack(value.real) + _f64.pack(value.imag),
    str: _text,
    bytes: lambda value: _counted(b'B', value),
    bytearray: lambda value: _counted(b'A', bytes(value)),
    Handle: lambda value: b'H' + _u32.pack(value.number) + _text(value.kind),
}

_rows = {list: b'L', tuple: b'U', set: b'E', frozenset: b'Z'}

# Subclasses go as their base value, read with the base's own methods.
_bases = (
    (int, int.__pos__), (float, float.__pos__), (str, str.__str__),
    (bytes, lambda value: b''.join([bytes.__getitem__(value, slice(None))])),
    (list, lambda value: list(list.__iter__(value))), (tuple, lambda value: tuple(tuple.__iter__(value))),
    (dict, lambda value: dict(dict.items(value))), (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
)


def _write(value, parts, keep, depth):
    kind = type(value)
    leaf = _leaves.get(kind)
    if leaf is not None:
        parts.append(leaf(value))
        return
    if depth > DEPTH:
        raise Unsendable('nested deeper than %d' % DEPTH)
    tag = _rows.get(kind)
    if tag is not None:
        parts.append(tag + _u32.pack(len(value)))
        for element in value:
            _write(element, parts, keep, depth + 1)
        return
    if kind is dict:
        parts.append(b'D' + _u32.pack(len(value)))
        for key, element in value.items():
            _write(key, parts, keep, depth + 1)
            _write(element, parts, keep, depth + 1)
        return
    _write_other(value, kind, parts, keep, depth)


def _write_other(value, kind, parts, keep, depth):
    for base, plain in _bases:
        if isinstance(value, base) and issubclass(kind, base):
            return _write(plain(value), parts, keep, depth)
    name = '%s.%s' % (kind.__module__, kind.__qualname__)
    if kind is range:
        parts.append(b'G')
        for number in (value.start, value.stop, value.step):
            parts.append(_integer(number))
    elif kind is type and value.__module__ == 'builtins':
        parts.append(b'Y' + _text(value.__name__))
    elif name == 'collections.deque':
        parts.append(b'Q')
        _write(list(value), parts, keep, depth + 1)
    elif name == 'decimal.Decimal':
        parts.append(b'M' + _text(str(value)))
    elif name == 'fractions.Fraction':
        parts.append(b'V' + _integer(value.numerator) + _integer(value.denominator))
    elif keep is None:
        raise Unsendable('a %s is no plain data' % name)
    elif hasattr(kind, '__next__') or name in (
            'builtins.dict_keys', 'builtins.dict_values', 'builtins.dict_items'):
        parts.append(b'X')
        _write(_drained(value), parts, keep, depth + 1)
    else:
        keep.append(value)
        parts.append(b'H' + _u32.pack(len(keep) - 1) + _text(name[:200]))


def _drained(iterator):
    elements = []
    for element in iterator:
        elements.append(element)
        if len(elements) > ELEMENTS:
            raise Unsendable('an iterator of more than %d elements' % ELEMENTS)
    return elements


def encode(value, keep=None):
    """The bytes of `value`; what is no plain data is put on the list `keep` and goes as a handle."""
    parts = []
    _write(value, parts, keep, 0)
    return b''.join(parts)


class _Reader:
    def __init__(self, data, handle):
        self.data = data
        self.place = 0
        self.handle = handle

    def take(self, count):
        end = self.place + count
        if end > len(self.data):
            raise Malformed('cut off')
        piece = self.data[self.place:end]
        self.place = end
        return piece

    def count(self):
        return _u32.unpack(self.take(4))[0]

    def counted(self):
        return self.take(self.count())

    def number(self):
        value = self.value(DEPTH)
        if type(value) is not int:
            raise Malformed('no integer')
        return value

    def text(self):
        value = self.value(DEPTH)
        if type(value) is not str:
            raise Malformed('no text')
        return value

    def row(self, depth):
        count = self.count()
        if count > len(self.data) - self.place:
            raise Malformed('too many elements')
        return [self.value(depth + 1) for _ in range(count)]

    def pairs(self, depth):
        count = self.count()
        if count > len(self.data) - self.place:
            raise Malformed('too many elements')
        return {self.value(depth + 1): self.value(depth + 1) for _ in range(count)}

    def value(self, depth):
        if depth > DEPTH + 2:
            raise Malformed('too deep')
        tag = self.take(1)
        if tag == b'I': return int.from_bytes(self.counted(), 'little', signed=True)
        if tag == b'S': return self.counted().decode('utf-8', 'surrogatepass')
        if tag == b'L': return self.row(depth)
        if tag == b'U': return tuple(self.row(depth))
        if tag == b'N': return None
        if tag == b'T': return True
        if tag == b'F': return False
        if tag == b'R': return _f64.unpack(self.take(8))[0]
        if tag == b'D': return self.pairs(depth)
        if tag == b'E': return set(self.row(depth))
        if tag == b'Z': return frozenset(self.row(depth))
        if tag == b'B': return self.counted()
        if tag == b'A': return bytearray(self.counted())
        if tag == b'C': return complex(_f64.unpack(self.take(8))[0], _f64.unpack(self.take(8))[0])
        if tag == b'H': return self.handle(self.count(), self.text())
        return self.rare(tag, depth)

    def rare(self, tag, depth):
        if tag == b'X': return iter(self.listed(depth))
        if tag == b'G': return range(self.number(), self.number(), self.number())
        if tag == b'Q':
            import collections
            return collections.deque(self.listed(depth))
        if tag == b'M':
            import decimal
            return decimal.Decimal(self.text()[:10_000])
        if tag == b'V':
            import fractions
            return fractions.Fraction(self.number(), self.number())
        if tag == b'Y':
            import builtins
            found = builtins.__dict__.get(self.text())
            if type(found) is type:
                return found
        raise Malformed('unknown kind')

    def listed(self, depth):
        value = self.value(depth + 1)
        if type(value) is not list:
            raise Malformed('no list')
        return value


def decode(data, handle=Handle):
    """The value of `data`; `handle` makes one of the number and kind of a handle."""
    reader = _Reader(data, handle)
    try:
        value = reader.value(0)
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(type(error).__name__)
    if reader.place != len(data):
        raise Malformed('something follows')
    return value
