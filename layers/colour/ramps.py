"""The one table of colour ramps: colours in an order, for values of a band and for classes of numbers.

Viridis, inferno, turbo, coolwarm, cividis and Tol's iridescent are sampled from the package `cmap`, and a test compares
them with it. The program does not import it: that takes 50 ms, at the start where a layer has a ramp.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_STOPS = {
    "viridis": (
        "440154 46085c 471063 481769 481d6f 482475 472a7a 46307e 453781 433d84 414287 3f4889 3d4e8a 3a538b 38598c "
        "355e8d 33638d 31688e 2e6d8e 2c718e 2a768e 297b8e 27808e 25848e 23898e 218e8d 20928c 1f978b 1e9c89 1fa188 "
        "21a585 24aa83 28ae80 2eb37c 35b779 3dbc74 46c06f 50c46a 5ac864 65cb5e 70cf57 7cd250 89d548 95d840 a2da37 "
        "b0dd2f bddf26 cae11f d8e219 e5e419 f1e51d fde725"
    ),
    "inferno": (
        "000004 02020c 050417 0a0722 10092d 160b39 1e0c45 260c51 2f0a5b 380962 400a67 490b6a 510e6c 59106e 61136e "
        "69166e 71196e 781c6d 801f6c 88226a 902568 982766 a02a63 a82e5f b0315b b73557 bf3952 c63d4d cc4248 d34743 "
        "d94d3d df5337 e45a31 e9612b ed6925 f1711f f47918 f78212 f98b0b fa9407 fb9d07 fca60c fcb014 fbba1f fac42a "
        "f8cd37 f6d746 f4e156 f2ea69 f2f27d f5f992 fcffa4"
    ),
    "turbo": (
        "30123b 36215f 3b2f80 3f3e9c 424bb5 4559cb 4666dd 4773eb 4680f6 458cfd 4099ff 38a5fb 2fb2f4 27bee9 1fc9dd "
        "1ad4d0 18ddc2 1ae4b6 22ebaa 2ff19b 3ff68a 52fa7a 65fd69 79fe59 8bff4b 9cfe40 a9fb39 b7f735 c3f134 d0ea34 "
        "dbe236 e5d938 eecf3a f5c53a faba39 fdae35 fea130 fe932a fc8423 f9751d f46617 ef5811 e84b0c e14109 d83706 "
        "ce2d04 c32503 b71d02 a91601 9b0f01 8b0902 7a0403"
    ),
    "coolwarm": (
        "3b4cc0 4055c8 465ecf 4c66d6 536edd 5977e3 5f7fe8 6687ed 6c8ff1 7396f5 7a9df8 81a4fb 88abfd 8fb1fe 96b7ff "
        "9dbdff a3c2fe aac7fd b1cbfc b7cff9 bed2f6 c4d5f3 cad8ef cfdaea d5dbe5 dadce0 dfdbd9 e4d9d2 e9d5cb edd2c3 "
        "f0cdbb f2c9b4 f5c4ac f6bea4 f7b89c f7b194 f7aa8c f6a385 f59c7d f39475 f08b6e ed8366 e97a5f e57058 e16751 "
        "dc5d4a d65244 d0473d ca3b37 c32e31 bb1b2c b40426"
    ),
    "cividis": (
        "00224e 002656 002a5f 002d68 003070 083370 163770 203a6f 273e6e 2e416d 34456c 3a486c 3f4c6c 444f6c 49536c "
        "4e566c 535a6d 575d6d 5c616e 60646f 656870 696b71 6d6f72 727274 767676 7a7a78 7e7d78 838179 888578 8d8878 "
        "928c78 969077 9b9476 a09875 a59c74 aaa073 afa471 b5a86f baac6d bfb06b c4b468 c9b965 cfbd62 d4c15f dac65b "
        "dfca57 e5cf52 ead34c f0d846 f6dd3f fce236 fee838"
    ),
    "iridescent": (
        "fefbe9 fcf7d6 f5f3c1 ebf0b6 ddecbf d0e7ca c3e3d2 b5ddd8 a8d8dc 9bd2e1 8dcbe4 81c4e7 7bbce7 7eb2e4 88a5dd "
        "9398d2 9b89c3 9d7db2 9a709d 8f6286 805770 664856 46353a"
    ),
    "terrain": "1f4e79 2e8b57 8fbc5a e8dc8a c49a5a 8b6b4a f5f5f5",
    "yellow to brown": "ffffe5 fff7bc fee391 fec44f fb9a29 ec7014 cc4c02 993404 662506",
    "blues": "eff7ff d6e6f4 abcfe6 7fb5d8 5095c6 2d75b2 135797 0a3a70",
    "sunset": "364b9a 4a7bb7 6ea6cd 98cae1 c2e4ef eaeccc feda8b fdb366 f67e4b dd3d2d a50026",
    "blue to red": "2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b",
}

RAMPS: dict[str, tuple[str, ...]] = {
    name: tuple(f"#{color}" for color in colors.split()) for name, colors in _STOPS.items()
}
"""Control points as #rrggbb, evenly spaced, by the name that styles keep."""


@lru_cache(maxsize=len(RAMPS))
def ramp_pixels(name: str) -> NDArray[np.uint32]:
    """256 opaque pixels 0xFFRRGGBB of a ramp; raises KeyError for a name not in `RAMPS`."""
    points = np.array([list(bytes.fromhex(color)) for color in _STOPS[name].split()], np.float64)
    at = np.linspace(0, len(points) - 1, 256)
    channels = [np.rint(np.interp(at, np.arange(len(points)), points[:, i])).astype(np.uint32) for i in range(3)]
    red, green, blue = channels
    return np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue
