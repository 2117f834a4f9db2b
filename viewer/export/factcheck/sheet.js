"use strict";
(() => {
  const asked = JSON.parse(document.getElementById("sheet").textContent);
  const kept = document.getElementById("ticks");
  const boxes = [...document.querySelectorAll("input[data-key]")];
  const remarks = [...document.querySelectorAll("textarea[data-key]")];
  const checker = document.getElementById("checker");
  const said = document.getElementById("said");
  const store = "geoloupe-fact-check-" + asked.id;
  let dirty = false;

  const present = () => {
    const facts = {};
    for (const box of boxes) facts[box.dataset.key] = { ticked: box.checked, remark: "" };
    for (const field of remarks) facts[field.dataset.key].remark = field.value;
    return { checker: checker.value.trim(), at: new Date().toISOString(), facts };
  };
  const show = (state) => {
    checker.value = typeof state.checker === "string" ? state.checker : "";
    const facts = state.facts || {};
    for (const box of boxes) box.checked = (facts[box.dataset.key] || {}).ticked === true;
    for (const field of remarks) field.value = String((facts[field.dataset.key] || {}).remark || "");
  };
  const remarkOn = (box) => box.closest("article").querySelector("textarea");
  // A fact without a source was found nowhere that the case knows: the remark says where.
  const lacksPlace = (box) => box.checked && "unsourced" in box.dataset && !remarkOn(box).value.trim();
  const count = () => {
    let ticked = 0;
    let lacking = 0;
    for (const box of boxes) {
      const lacks = lacksPlace(box);
      lacking += lacks;
      ticked += box.checked && !lacks;
      box.closest("article").classList.toggle("ticked", box.checked && !lacks);
      const wants = box.closest("article").querySelector(".wants");
      if (wants) wants.hidden = !lacks;
    }
    const more = lacking ? `; ${lacking} without a source ${lacking > 1 ? "need" : "needs"} a remark` : "";
    said.textContent = `${ticked} of ${boxes.length} ticked${more}` + (dirty ? ", not saved" : "");
  };
  const read = (text) => {
    try { return JSON.parse(text) || {}; } catch (_) { return {}; }
  };
  const changed = () => {
    dirty = true;
    try { localStorage.setItem(store, JSON.stringify(present())); } catch (_) { /* the file alone keeps them then */ }
    count();
  };
  // The file as it is saved: what was ticked stands in it as data and in its fields, so it is read without a script too.
  const whole = () => {
    kept.textContent = JSON.stringify(present()).replace(/</g, "\\u003c");
    for (const box of boxes) box.toggleAttribute("checked", box.checked);
    for (const field of remarks) field.textContent = field.value;
    checker.setAttribute("value", checker.value);
    return "<!doctype html>\n" + document.documentElement.outerHTML + "\n";
  };
  // Another name than that of the sheet, with the checker's: it is told from the blank one, and from a colleague's.
  const nameOf = (person) => {
    const stem = document.documentElement.dataset.file.replace(/\.html?$/i, "");
    const by = (person.toLowerCase().match(/[\p{L}\p{N}]+/gu) || []).join("-").slice(0, 40);
    return `${stem}-ticked-by-${by || "checker"}.html`;
  };
  const save = () => {
    if (!checker.value.trim()) {
      checker.focus();
      said.textContent = "Enter your name first: a tick is somebody's.";
      return;
    }
    dirty = false;
    count();
    said.textContent += `. Saved as ${nameOf(checker.value)}: drop it on the case.`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([whole()], { type: "text/html" }));
    link.download = nameOf(checker.value);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const inFile = read(kept.textContent);
  let inBrowser = {};
  try { inBrowser = read(localStorage.getItem(store)); } catch (_) { /* not offered for this file */ }
  show((inBrowser.at || "") > (inFile.at || "") ? inBrowser : inFile);
  dirty = (inBrowser.at || "") > (inFile.at || "");
  for (const field of [...boxes, ...remarks, checker]) field.addEventListener("input", changed);
  document.getElementById("save").addEventListener("click", save);
  const open = document.getElementById("open");
  open.addEventListener("click", () => {
    const isOn = document.body.classList.toggle("open-only");
    open.setAttribute("aria-pressed", String(isOn));
  });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  document.documentElement.classList.add("live");
  count();
})();
