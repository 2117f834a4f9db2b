"""The ops of a process in which GDAL alone opens what it is told to: no judge has looked at it before."""

from __future__ import annotations

from typing import Any

from layers.readers.environment import Profile


def load(profile: Profile) -> Any:
    return run


def run(op: str, params: dict[str, Any]) -> Any:
    """Everything that a file gives away: its tags, names of bands, pixels at each resolution; or why it does not."""
    import warnings  # rasterio: after the environment is set

    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    said: list[str] = []
    waiting = [params["path"]]
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="FALSE", GDAL_PAM_ENABLED="YES"), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        while waiting:
            target = waiting.pop()
            driver = params["driver"] if target == params["path"] else None
            for level in (None, 0):
                options = {} if level is None else {"overview_level": level}
                try:
                    with rasterio.open(target, driver=driver, **options) as dataset:
                        if level is None:
                            waiting += dataset.subdatasets
                        said += [*map(str, dataset.descriptions), str(dataset.tags())]
                        said += [str(dataset.tags(band)) for band in dataset.indexes]
                        if dataset.count:
                            said.append(str(dataset.read().ravel()[:2000].tolist()))
                except (RasterioError, ValueError, IndexError) as error:
                    said.append(f"refused: {error.__cause__ or error}")
    return {"said": said}, ()
