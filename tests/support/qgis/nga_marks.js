// Run by Node: says as JSON what NGA's GeoPackage client sees of each site of a case, and the rows of its other tables.
// node nga_marks.js CASE.gpkg, with NODE_PATH where @ngageoint/geopackage is installed
delete globalThis.fetch; // Node's own cannot read the client's WebAssembly from a file
const path = require("path");
const { GeoPackageAPI, setSqljsWasmLocateFile } = require("@ngageoint/geopackage");
setSqljsWasmLocateFile((file) => path.join(path.dirname(require.resolve("rtree-sql.js")), file));
(async () => {
  const opened = await GeoPackageAPI.open(process.argv[2]);
  const found = {};
  for (const table of opened.getFeatureTables()) {
    for (const feature of opened.iterateGeoJSONFeatures(table)) {
      found[feature.properties.uuid] = { type: feature.geometry.type, label: feature.properties.label || "" };
    }
  }
  const rows = {};
  for (const table of opened.getAttributesTables()) {
    rows[table] = opened.getAttributeDao(table).count();
  }
  console.log(JSON.stringify({ sites: found, rows }));
})();
