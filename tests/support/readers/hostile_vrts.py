"""VRTs by hand: sound ones of every element that is understood, and twins that lead GDAL elsewhere."""

from __future__ import annotations

from tests.support.readers.tiny_rasters import SIZE

WKT = (
    'PROJCS["WGS 84 / UTM zone 52N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",129],PARAMETER["scale_factor",0.9996],'
    'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1],AUTHORITY["EPSG","32652"]]'
)
POINTS = "".join(
    f'<GCP Id="{n}" Info="i" Pixel="{x}" Line="{y}" X="{400000 + 10 * x}" Y="{5751280 - 10 * y}" Z="5"/>'
    for n, (x, y) in enumerate([(0, 0), (100, 0), (0, 100), (100, 100)])
)
_RPC = {
    "HEIGHT_OFF": "100",
    "HEIGHT_SCALE": "500",
    "LAT_OFF": "51.9",
    "LAT_SCALE": "0.1",
    "LINE_OFF": "64",
    "LINE_SCALE": "64",
    "LONG_OFF": "128.3",
    "LONG_SCALE": "0.1",
    "SAMP_OFF": "64",
    "SAMP_SCALE": "64",
    "LINE_NUM_COEFF": "0 0 -1" + " 0" * 17,
    "LINE_DEN_COEFF": "1" + " 0" * 19,
    "SAMP_NUM_COEFF": "0 1" + " 0" * 18,
    "SAMP_DEN_COEFF": "1" + " 0" * 19,
}
RPC = f'<Metadata domain="RPC">{"".join(f"<MDI key={key!r}>{value}</MDI>" for key, value in _RPC.items())}</Metadata>'


def whole(inner: str, head: str = "", attributes: str = "") -> str:
    """A VRT of two pictures' width."""
    return f'<VRTDataset rasterXSize="{2 * SIZE}" rasterYSize="{SIZE}" {attributes}>{head}{inner}</VRTDataset>'


def band(inner: str, more: str = "", kind: str = "Byte", attributes: str = "") -> str:
    return f'<VRTRasterBand dataType="{kind}" band="1" {attributes}>{more}{inner}</VRTRasterBand>'


def rects(left: float = 0, width: int = SIZE) -> str:
    source = f'<SrcRect xOff="0" yOff="0" xSize="{SIZE}" ySize="{SIZE}"/>'
    return f'{source}<DstRect xOff="{left}" yOff="0" xSize="{width}" ySize="{SIZE}"/>'


def named(name: str, relative: object = 1) -> str:
    return f'<SourceFilename relativeToVRT="{relative}">{name}</SourceFilename>'


def placed(name: str, left: float = 0, more: str = "", kind: str = "SimpleSource", attributes: str = "") -> str:
    """A picture at its own size."""
    return f"<{kind} {attributes}>{named(name)}<SourceBand>1</SourceBand>{rects(left)}{more}</{kind}>"


def complex_source(more: str, kind: str = "Byte", of_band: str = "") -> str:
    return whole(band(placed("left.tif", more=more, kind="ComplexSource"), of_band, kind))


LEFT = placed("left.tif")
SOUND = {
    "everything of a dataset": whole(
        band(LEFT + placed("right.tif", SIZE)),
        f'<SRS dataAxisToSRSAxisMapping="1,2" coordinateEpoch="2021.3">{WKT}</SRS>'
        "<GeoTransform>  4.0e+05,  1.0e+01, 0,  5751280, 0, -10</GeoTransform>"
        '<Metadata><MDI key="AREA_OR_POINT">Area</MDI><MDI key="A &amp; &lt;b&gt;">тест "x" 东</MDI></Metadata>'
        '<Metadata domain="IMAGERY"><MDI key="ACQUISITIONDATETIME">2024-05-06 07:08:09</MDI></Metadata>'
        f'<Metadata domain="IMAGE_STRUCTURE"><MDI key="INTERLEAVE">PIXEL</MDI></Metadata>{RPC}'
        '<OverviewList resampling="average">2 4</OverviewList>',
    ),
    "an EPSG code": whole(band(LEFT), "<SRS>EPSG:32652</SRS>"),
    "a PROJ string": whole(band(LEFT), "<SRS>+proj=utm +zone=52 +datum=WGS84</SRS>"),
    "control points": whole(band(LEFT), f'<GCPList Projection="EPSG:32652">{POINTS}</GCPList>'),
    "everything of a band": whole(
        band(
            LEFT,
            "<Description>near infrared</Description><UnitType>W/m2</UnitType><Offset>-3.5</Offset><Scale>1e-4</Scale>"
            "<NoDataValue>7</NoDataValue><HideNoDataValue>0</HideNoDataValue><ColorInterp>NIR</ColorInterp>"
            '<Metadata><MDI key="wavelength">0.8</MDI></Metadata>'
            '<Metadata domain="IMAGE_STRUCTURE"><MDI key="NBITS">7</MDI></Metadata>'
            "<CategoryNames><Category>a</Category></CategoryNames>"
            "<Histograms><HistItem><HistMin>0</HistMin></HistItem></Histograms>",
            "UInt16",
            'blockXSize="64" blockYSize="32" subClass="VRTSourcedRasterBand"',
        )
    ),
    "a palette": whole(
        band(
            LEFT,
            '<ColorInterp>Palette</ColorInterp><ColorTable><Entry c1="0" c2="1" c3="2" c4="255"/>'
            '<Entry c1="10" c2="20" c3="30" c4="0"/></ColorTable>',
        )
    ),
    "scaled": complex_source("<ScaleOffset>2.5</ScaleOffset><ScaleRatio>0.5</ScaleRatio>", "Float32"),
    "stretched": complex_source(
        "<Exponent>0.75</Exponent><SrcMin>0</SrcMin><SrcMax>255</SrcMax><DstMin>0</DstMin><DstMax>1</DstMax>"
        "<Clamp>false</Clamp>",
        "Float32",
    ),
    "by a table": complex_source("<LUT>0:10,100:200,255:0</LUT>"),
    "without data": complex_source("<NODATA>0</NODATA>", of_band="<NoDataValue>255</NoDataValue>"),
    "no number as no data": whole(band(LEFT, "<NoDataValue>nan</NoDataValue>", "Float32")),
    "a long no data": whole(
        band(LEFT, '<NoDataValue le_hex_equiv="000000E0FFFFEFC7">-3.40282346638529e+38</NoDataValue>', "Float32")
    ),
    "a no data of which digits are lacking": whole(
        band(LEFT, '<NoDataValue le_hex_equiv="343333333333D33F">0.3</NoDataValue>', "Float64")
    ),
    "64 bits": whole(band(LEFT, "<NoDataValue>-9223372036854775807</NoDataValue>", "Int64")),
    "averaged": whole(band(f"<AveragedSource>{named('left.tif')}{rects(3.5, SIZE // 2)}</AveragedSource>")),
    "resampled": whole(
        band(f'<SimpleSource resampling="cubic">{named("left.tif")}{rects(0, 2 * SIZE)}</SimpleSource>')
    ),
    "a mask": whole(band(LEFT) + f"<MaskBand>{band(placed('right.tif', SIZE // 2))}</MaskBand>"),
    "a mask of one band": whole(band(LEFT, f"<MaskBand>{band(placed('right.tif'))}</MaskBand>")),
    "a mask of a source": whole(
        band(placed("masked.tif"))
        + f"<MaskBand>{band(placed('masked.tif').replace('<SourceBand>1<', '<SourceBand>mask,1<'))}</MaskBand>"
    ),
    "shared": whole(band(LEFT.replace("relativeToVRT", 'shared="1" relativeToVRT'))),
    "blocks": whole(band(LEFT), "<BlockXSize>64</BlockXSize><BlockYSize>16</BlockYSize>"),
    "properties": whole(
        band(
            placed(
                "left.tif",
                more=f'<SourceProperties RasterXSize="{SIZE}" RasterYSize="{SIZE}" DataType="Byte" BlockXSize="{SIZE}" '
                'BlockYSize="8"/>',
            )
        )
    ),
    "a comment, CDATA and an instruction": "<?xml version='1.0' encoding='utf-8'?>\n<!-- made by hand -->"
    + whole(
        band(placed("<![CDATA[left.tif]]>")),
        "<!-- <SimpleSource/> -->",
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x y" subClass=""',
    ),
}


def hostile(out: str) -> dict[str, tuple[str, str]]:
    """VRTs that lead to the file `out`, or might: the whole text, and what is said of it."""
    far, call = f"<SourceFilename>{out}</SourceFilename>", "<PixelFunctionType>sum</PixelFunctionType>"
    item = f'<MDI key="OVERVIEW_FILE">{out}</MDI>'

    def source(inner: str = "", attributes: str = "", kind: str = "SimpleSource") -> str:
        return whole(band(f"<{kind} {attributes}>{inner}</{kind}>"))

    def of_band(attributes: str = "", more: str = "") -> str:
        return whole(band(LEFT, more, attributes=attributes))

    def of_dataset(attributes: str = "", more: str = "") -> str:
        return whole(band(LEFT), more, attributes)

    def of_source(more: str = "", attributes: str = "") -> str:
        return whole(band(placed("left.tif", more=more, attributes=attributes, kind="ComplexSource")))

    def called(name: str) -> str:
        return f'subClass="{name}"'

    return {
        "attribute": (source(rects(), f'SourceFilename="{out}"'), "the attribute SourceFilename of SimpleSource"),
        "attribute in another case": (source("", f'sourcefilename="{out}"'), "the attribute sourcefilename"),
        "attribute beside an element": (of_source("", f'SourceFilename="{out}"'), "the attribute SourceFilename"),
        "element in another case": (source(f"<SOURCEFILENAME>{out}</SOURCEFILENAME>"), "SOURCEFILENAME inside"),
        "source in another case": (source(far, kind="simplesource"), "simplesource inside VRTRasterBand"),
        "band in another case": (whole(f"<vrtrasterband>{LEFT}</vrtrasterband>"), "vrtrasterband inside VRTDataset"),
        "no source": (source(rects()), "SimpleSource without SourceFilename"),
        "two names": (source(named("left.tif") + far), "more than one SourceFilename inside SimpleSource"),
        "class in another case": (of_band('SUBCLASS="VRTDerivedRasterBand"', call), "the attribute SUBCLASS"),
        "class as an element": (of_band("", "<subClass>VRTDerivedRasterBand</subClass>"), "subClass inside"),
        "class of all in another case": (of_dataset('SubClass="VRTWarpedDataset"'), "the attribute SubClass"),
        "class of all as an element": (of_dataset("", "<subClass>VRTWarpedDataset</subClass>"), "subClass inside"),
        "raw": (whole(band(far, attributes=called("VRTRawRasterBand"))), "VRTRawRasterBand"),
        "raw without a class": (whole(band(far)), "SourceFilename inside VRTRasterBand"),
        "warped": (of_dataset(called("VRTWarpedDataset"), f"<GDALWarpOptions>{far}</GDALWarpOptions>"), "VRTWarped"),
        "pansharpened": (of_dataset(called("VRTPansharpenedDataset")), "VRTPansharpenedDataset"),
        "pansharpened without a class": (of_dataset("", "<PansharpeningOptions/>"), "PansharpeningOptions inside"),
        "processed": (of_dataset(called("VRTProcessedDataset"), f"<Input>{far}</Input>"), "VRTProcessedDataset"),
        "derived": (of_band(called("VRTDerivedRasterBand"), call), "VRTDerivedRasterBand"),
        "derived without a class": (of_band("", call), "PixelFunctionType inside"),
        "code": (of_band("", "<PixelFunctionCode>import os</PixelFunctionCode>"), "PixelFunctionCode inside"),
        "array": (source(far, kind="ArraySource"), "ArraySource inside"),
        "no data from a mask": (source(far, kind="NoDataFromMaskSource"), "NoDataFromMaskSource inside"),
        "kernel": (source(far, kind="KernelFilteredSource"), "KernelFilteredSource inside"),
        "expression": (of_source("<Expression>B1</Expression>"), "Expression inside ComplexSource"),
        "overview": (of_band("", f"<Overview>{far}</Overview>"), "Overview inside"),
        "overview as an attribute": (of_band(f'Overview="{out}"'), "the attribute Overview"),
        "overview file": (of_dataset("", f'<Metadata domain="OVERVIEWS">{item}</Metadata>'), "hidden in its metadata"),
        "overview file of a band": (of_band("", f'<Metadata domain="overviews">{item}</Metadata>'), "hidden in its"),
        "sources in metadata": (of_band("", f'<Metadata domain="VRT_Sources">{item}</Metadata>'), "hidden in its"),
        "domain in another case": (of_band("", f'<Metadata Domain="vrt_sources">{item}</Metadata>'), "the attribute"),
        "options": (of_source('<OpenOptions><OOI key="X">Y</OOI></OpenOptions>'), "OpenOptions inside"),
        "options as an attribute": (of_source("", 'OpenOptions="X"'), "the attribute OpenOptions"),
        "relative by another word": (source(named("left.tif", "maybe")), "relativeToVRT 'maybe'"),
        "relative in another case": (
            source('<SourceFilename relativetovrt="1">left.tif</SourceFilename>'),
            "the attribute relativetovrt",
        ),
        "relative as an element": (
            source(named("<relativeToVRT>1</relativeToVRT>left.tif", 0)),
            "relativeToVRT inside SourceFilename",
        ),
        "to where the program stands": (source(named("left.tif", 0)), "no plain path"),
        "upwards from within": (source(named("deep/../../outside.tif")), "outside its folder"),
        "absolute though relative": (source(named(out)), "outside its folder"),
        "a link to a file": (source(named("link.tif")), "outside its folder"),
        "a link to a folder": (source(named("up/outside.tif")), "outside its folder"),
        "a mask elsewhere": (
            whole(band(LEFT) + f"<MaskBand>{band(f'<SimpleSource>{far}</SimpleSource>')}</MaskBand>"),
            "outside its folder",
        ),
        "a prefix": (source(named("GTIFF_DIR:1:left.tif", 0)), "no plain path"),
        "a subdataset": (source(named("NITF_IM:0:left.tif")), "NITF_IM:0:left.tif"),
        "a VRT in a word": (source(named(f"vrt://{out}?bands=1", 0)), "no plain path"),
        "a virtual path": (source(named(f"/vsisubfile/0_1000,{out}", 0)), "no regular file"),
        "a GDALG": (source(named("a.gdalg.json")), "JSON"),
        "a STACTA": (source(named('STACTA:"a.json"', 0)), "no plain path"),
        "a STAC asset": (source(named("a.json")), "JSON"),
        "inline": (source(named("<![CDATA[<VRTDataset/>]]>", 0)), "no plain path"),
        "a namespace": (whole(f'<x:VRTRasterBand xmlns:x="x">{LEFT}</x:VRTRasterBand>'), "x:VRTRasterBand inside"),
        "an entity": (f'<!DOCTYPE x [<!ENTITY a SYSTEM "{out}">]>{source(named("&a;"))}', "document type or entities"),
        "a CRS in a file": (of_dataset("", f"<SRS>+proj=longlat +nadgrids={out}</SRS>"), "names a file"),
        "points in a CRS in a file": (
            of_dataset("", f'<GCPList Projection="+init={out}:1">{POINTS}</GCPList>'),
            "names a file",
        ),
        "a size that is none": (whole(band(LEFT)).replace(f'"{2 * SIZE}"', '"1e12"', 1), "means nothing"),
        "no size": (f"<VRTDataset>{band(LEFT)}</VRTDataset>", "VRTDataset without rasterXSize"),
        "a number that is none": (of_source("<ScaleRatio>__import__('os')</ScaleRatio>"), "means nothing"),
    }
