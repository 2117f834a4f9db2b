"""Coordinate reference systems that lie on no place of the Earth: other bodies, and a grid of a plan."""

from __future__ import annotations

GRID = 'LOCAL_CS["site grid",UNIT["metre",1]]'
MOON_DEGREES = (
    'GEOGCS["GCS_Moon_2000",DATUM["D_Moon_2000",SPHEROID["Moon_2000_IAU_IAG",1737400,0]],'
    'PRIMEM["Reference_Meridian",0],UNIT["degree",0.0174532925199433]]'
)
MOON = (
    f'PROJCS["Moon eqc",{MOON_DEGREES},PROJECTION["Equirectangular"],PARAMETER["standard_parallel_1",0],'
    'PARAMETER["central_meridian",0],UNIT["metre",1]]'
)
MOON_CENTRED = (
    'GEOCCS["Moon centre",DATUM["D_Moon_2000",SPHEROID["Moon_2000_IAU_IAG",1737400,0]],'
    'PRIMEM["Reference_Meridian",0],UNIT["metre",1]]'
)
MARS, EUROPA = "ESRI:104905", MOON_DEGREES.replace("Moon", "Europa").replace("1737400", "1560800")
