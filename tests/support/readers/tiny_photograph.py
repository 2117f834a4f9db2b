"""Tags of a photograph that a camera with a position took, as GDAL names those of EXIF."""

TAGS = {
    "EXIF_GPSLatitudeRef": "N",
    "EXIF_GPSLatitude": "(50) (15) (3)",
    "EXIF_GPSLongitudeRef": "E",
    "EXIF_GPSLongitude": "(31) (30) (0)",
    "EXIF_DateTimeOriginal": "2024:05:06 07:08:09",
    "EXIF_Make": "Canon",
    "EXIF_Model": "Canon EOS R5",
}
