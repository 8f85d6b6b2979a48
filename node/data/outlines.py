#!/usr/bin/env python3
"""Makes outlines.txt, the coasts and borders behind the map, from Natural Earth.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python3 outlines.py package/countries-10m.json > outlines.txt

Natural Earth (https://www.naturalearthdata.com, version 4.1.0, "Admin 0 countries", 1:10m) is in the public domain;
the package world-atlas carries it as TopoJSON. The borders are simplified arc by arc, so that neighbours still meet,
and clipped to the box below. One line is one ring: the country's code, then longitude and latitude in hundredths of a
degree, the first point as it is and each further one as the difference to the one before.
"""
import json
import sys

WEST, SOUTH, EAST, NORTH = -11.0, 35.0, 25.0, 56.0
TOLERANCE = 0.012  # degrees: less than a pixel on the pictures
AREA_MIN = 0.004  # square degrees: smaller islands would be dots

CODES = {
    "008": "AL", "012": "DZ", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY",
    "191": "HR", "203": "CZ", "208": "DK", "233": "EE", "250": "FR", "276": "DE", "300": "GR", "348": "HU",
    "372": "IE", "380": "IT", "438": "LI", "440": "LT", "442": "LU", "470": "MT", "492": "MC", "499": "ME",
    "504": "MA", "528": "NL", "616": "PL", "620": "PT", "642": "RO", "643": "RU", "674": "SM", "688": "RS",
    "703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH", "788": "TN", "804": "UA", "807": "MK",
    "826": "GB",
}


def decoded(topology):
    """The arcs in degrees."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        yield points


def simplified(points):
    """Douglas and Peucker; the ends stay, of a closed arc also the point farthest from them."""
    if len(points) < 4:
        return points
    keep = {0, len(points) - 1}
    todo = [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        far, found = 0.0, None
        for n in range(first + 1, last):
            px, py = points[n]
            if length == 0:
                away = ((px - ax) ** 2 + (py - ay) ** 2) ** 0.5
            else:
                away = abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length
            if away > far:
                far, found = away, n
        if found is not None and far > TOLERANCE:
            keep.add(found)
            todo += [(first, found), (found, last)]
    return [points[n] for n in sorted(keep)]


def clipped(ring):
    """Sutherland and Hodgman, side by side."""
    sides = [
        (lambda p: p[0] >= WEST, 0, WEST), (lambda p: p[0] <= EAST, 0, EAST),
        (lambda p: p[1] >= SOUTH, 1, SOUTH), (lambda p: p[1] <= NORTH, 1, NORTH),
    ]
    for inside, axis, limit in sides:
        out = []
        for a, b in zip(ring, ring[1:] + ring[:1]):
            if inside(a):
                out.append(a)
            if inside(a) != inside(b):
                t = (limit - a[axis]) / (b[axis] - a[axis])
                out.append(tuple(limit if n == axis else a[n] + t * (b[n] - a[n]) for n in (0, 1)))
        ring = out
        if not ring:
            return ring
    return ring


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))) / 2


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        topology = json.load(file)
    arcs = [simplified(points) for points in decoded(topology)]

    def ring_of(numbers):
        points = []
        for n in numbers:
            arc = arcs[n] if n >= 0 else arcs[~n][::-1]
            points += arc[1:] if points else arc
        return points[:-1]

    lines = []
    for country in topology["objects"]["countries"]["geometries"]:
        code = CODES.get(country.get("id"))
        if code is None:
            continue
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for polygon in polygons:
            ring = clipped(ring_of(polygon[0]))
            if len(ring) < 3 or area(ring) < AREA_MIN:
                continue
            whole = [(round(x * 100), round(y * 100)) for x, y in ring]
            steps, before = [], (0, 0)
            for x, y in whole:
                if not steps or (x, y) != before:
                    steps.append(f"{x - before[0]} {y - before[1]}")
                    before = (x, y)
            lines.append(f"{code} " + " ".join(steps))
    print("\n".join(sorted(lines)))


main()
