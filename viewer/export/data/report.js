"use strict";
{
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const APART = 33, TIGHT = 0.75, CLAIM = 1.1, STEP = 1.6, MOST = 40;
  const NO_WAY = [0, 0], TURNS = 16, REACHES = [30, 38, 48, 60, 75, 92, 112];

  const html = (name, values = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), values);
    made.append(...inside);
    return made;
  };
  const drawn = (name, values = {}, ...inside) => {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const within = (value, least, most) => Math.min(Math.max(value, least), most);

  // Left, top, right and bottom of a mark with its number, or of a circle of several.
  const boxOf = ({ x, y, marks: [mark, ...more] }) => {
    const [side, up, down] = more.length ? [15, 15, 15] : mark.claimed ? [16, 28, 13] : [13, 26, 10];
    return [x - side, y - up, x + side, y + down];
  };
  const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const runsOver = ([x, y], [right, low], box) => {
    const steps = Math.ceil(Math.hypot(right - x, low - y) / 3);
    return [...Array(steps).keys()].some(at => {
      const px = x + (right - x) * at / steps, py = y + (low - y) * at / steps;
      return px > box[0] && px < box[2] && py > box[1] && py < box[3];
    });
  };
  const cross = (a, b, c, d) => {
    const turn = (p, q, r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
    return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
  };

  class ZoomedMap {
    constructor(figure) {
      this.figure = figure;
      this.box = figure.querySelector(".box");
      this.ground = figure.querySelector(".ground");
      const still = figure.querySelector(".still");
      this.width = still.viewBox.baseVal.width;
      this.steps = Number(figure.dataset.steps);
      this.scales = JSON.parse(figure.dataset.scale);
      this.details = [...figure.querySelectorAll(".detail")];
      this.step = Number(figure.dataset.step);
      this.here = figure.querySelector(".here");
      this.k = 1; this.x = 0; this.y = 0; this.chosen = "";
      this.marks = [...still.querySelectorAll("a.mark")].map(mark => ({
        x: Number(mark.dataset.x), y: Number(mark.dataset.y), sign: mark.dataset.sign, claimed: "claim" in mark.dataset,
        href: mark.getAttribute("href"), name: mark.getAttribute("aria-label"), number: mark.textContent.trim(),
      }));
      this.live = drawn("svg", { class: "live" });
      this.box.append(this.live);
      this.box.tabIndex = 0;
      this.box.setAttribute("role", "group");
      this.box.setAttribute("aria-label", "Map: arrow keys move it, plus and minus zoom");
      figure.classList.add("zooms");
      figure.querySelector(".how").hidden = false;
      this.addKeys();
      this.listen();
      new ResizeObserver(() => this.show()).observe(this.box);
      this.show();
    }

    addKeys() {
      const key = (words, name, act) => {
        const made = html("button", { type: "button", textContent: words });
        made.setAttribute("aria-label", name);
        made.addEventListener("click", act);
        return made;
      };
      this.closer = key("+", "Zoom in", () => this.zoom(STEP));
      this.away = key("\u2212", "Zoom out", () => this.zoom(1 / STEP));
      this.whole = key("Whole map", "Show the whole map", () => this.reset());
      this.bar = html("div", { className: "bar live-bar" });
      this.barWords = this.figure.querySelector(".bar-words");
      this.stillWords = this.barWords.textContent;
      this.arrow = drawn("svg", { viewBox: "0 0 16 24", "aria-hidden": "true" }, drawn("path", { d: "M8 0L15 23L8 17L1 23Z" }));
      this.north = html("span", { className: "north live-north" }, this.arrow, "N");
      const under = this.figure.querySelector(".under");
      under.prepend(this.bar);
      under.append(this.north, html("div", { className: "keys" }, this.away, this.closer, this.whole));
    }

    listen() {
      const box = this.box, held = new Map();
      let moved = 0;
      box.addEventListener("keydown", event => {
        const by = 60, act = {
          "+": () => this.zoom(STEP), "=": () => this.zoom(STEP), "-": () => this.zoom(1 / STEP), _: () => this.zoom(1 / STEP),
          0: () => this.reset(), Home: () => this.reset(),
          ArrowLeft: () => this.move(by, 0), ArrowRight: () => this.move(-by, 0),
          ArrowUp: () => this.move(0, by), ArrowDown: () => this.move(0, -by),
        }[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        act();
      });
      box.addEventListener("wheel", event => {
        if (!event.ctrlKey && !event.metaKey && !box.contains(document.activeElement)) return;
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY / 400), ...this.place(event));
      }, { passive: false });
      box.addEventListener("dblclick", event => this.zoom(STEP * STEP, ...this.place(event)));
      box.addEventListener("pointerdown", event => {
        if (held.size === 0) moved = 0;
        held.set(event.pointerId, this.place(event));
      });
      box.addEventListener("pointermove", event => {
        const before = held.get(event.pointerId);
        if (!before) return;
        const now = this.place(event), others = [...held].filter(([id]) => id !== event.pointerId);
        if (others.length) {
          const [ox, oy] = others[0][1], span = ([x, y]) => Math.hypot(x - ox, y - oy);
          moved = 99;
          this.zoom(span(now) / Math.max(span(before), 1), (now[0] + ox) / 2, (now[1] + oy) / 2);
        } else {
          moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
          if (moved < 4) return;
          if (!box.hasPointerCapture(event.pointerId)) box.setPointerCapture(event.pointerId);
          this.move(now[0] - before[0], now[1] - before[1]);
        }
        held.set(event.pointerId, now);
      });
      for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, event => held.delete(event.pointerId));
      box.addEventListener("click", event => { if (moved >= 4) { event.preventDefault(); event.stopPropagation(); moved = 0; } }, true);
      box.addEventListener("focusin", event => { if (event.target !== box) box.scrollTo(0, 0); });
    }

    place(event) {
      const rect = this.box.getBoundingClientRect();
      return [event.clientX - rect.left, event.clientY - rect.top];
    }

    zoom(by, x = this.box.clientWidth / 2, y = this.box.clientHeight / 2) {
      const k = within(this.k * by, 1, MOST), ratio = k / this.k;
      this.x = x - (x - this.x) * ratio; this.y = y - (y - this.y) * ratio; this.k = k;
      this.show();
    }

    move(x, y) { this.x += x; this.y += y; this.show(); }

    reset() { this.k = 1; this.x = this.y = 0; this.show(); }

    show() {
      const wide = this.box.clientWidth, high = this.box.clientHeight;
      if (!wide || !high) return;
      this.x = within(this.x, wide * (1 - this.k), 0);
      this.y = within(this.y, high * (1 - this.k), 0);
      this.ground.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.k})`;
      this.ground.style.setProperty("--k", this.k);
      this.figure.classList.toggle("zoomed", this.k > 1);
      this.away.disabled = this.whole.disabled = this.k <= 1;
      this.closer.disabled = this.k >= MOST;
      this.showDetails(wide, high);
      this.showMarks(wide, high);
      this.showScale(wide, high);
    }

    showDetails(wide, high) {
      const sharp = window.devicePixelRatio * this.k * wide / this.width;
      for (const detail of this.details) {
        const { left, top, width, height } = detail.style, part = side => parseFloat(side) / 100 * this.k;
        const x = this.x + part(left) * wide, y = this.y + part(top) * high;
        const seen = x < wide && y < high && x + part(width) * wide > 0 && y + part(height) * high > 0;
        detail.hidden = !seen || sharp < Math.max(2, this.step ** (detail.dataset.level - 1));
      }
    }

    showMarks(wide, high) {
      const unit = this.k * wide / this.width, groups = [], claims = [];
      for (const mark of this.marks) {
        const x = this.x + mark.x * unit, y = this.y + mark.y * unit;
        if (x < -20 || y < -20 || x > wide + 20 || y > high + 20) continue;
        if (mark.claimed) { claims.push({ x, y, marks: [mark] }); continue; } // the map is about these: each stands alone
        const near = groups.find(group => Math.hypot(group.x - x, group.y - y) < APART);
        if (near) near.marks.push(mark); else groups.push({ x, y, marks: [mark] });
      }
      this.live.setAttribute("viewBox", `0 0 ${wide} ${high}`);
      const shown = [...claims, ...groups];
      this.spread(shown, wide, high);
      const moved = shown.filter(({ x, y, foot }) => x !== foot[0] || y !== foot[1]);
      const kind = ({ marks }) => marks[0].claimed ? "claimed" : "";
      const line = name => one => drawn("line", { class: `leader ${name} ${kind(one)}`, x1: one.foot[0], y1: one.foot[1], x2: one.x, y2: one.y });
      const feet = moved.map(one => drawn("circle", { class: `foot ${kind(one)}`, cx: one.foot[0], cy: one.foot[1], r: 3.4 }));
      const signs = [...groups, ...claims].map(group => group.marks.length > 1 ? this.many(group) : this.one(group));
      this.live.replaceChildren(...moved.map(line("halo")), ...moved.map(line("")), ...feet, ...signs);
    }

    // Moves each to the nearest place where it covers no other and no true place of a moved one, and where its line
    // crosses no other line and no other sign, if there is one. The first, those named in a claim, have the choice.
    spread(shown, wide, high) {
      const ways = [NO_WAY, ...REACHES.flatMap(reach => [...Array(TURNS).keys()].map(at => [reach * Math.cos(2 * Math.PI * at / TURNS), reach * Math.sin(2 * Math.PI * at / TURNS)]))];
      const standing = [], lines = [];
      const feet = shown.filter(({ marks }) => marks[0].claimed).map(({ x, y }) => [x - 4, y - 4, x + 4, y + 4]);
      for (const one of shown) {
        const { x, y } = one, others = feet.filter(foot => Math.hypot(foot[0] + 4 - x, foot[1] + 4 - y) > 4);
        const at = ([dx, dy]) => boxOf({ x: x + dx, y: y + dy, marks: one.marks });
        const inside = ([left, top, right, bottom]) => left >= 0 && top >= 0 && right <= wide && bottom <= high;
        const free = way => (way === NO_WAY || inside(at(way))) && ![...standing, ...others].some(other => meet(at(way), other));
        const clear = ([dx, dy]) => ![...standing, ...others].some(other => runsOver([x, y], [x + dx, y + dy], other)) &&
          !lines.some(([from, to]) => cross([x, y], [x + dx, y + dy], from, to) || runsOver(from, to, at([dx, dy])));
        const [dx, dy] = ways.find(way => free(way) && clear(way)) || ways.find(free) || NO_WAY;
        Object.assign(one, { foot: [x, y], x: x + dx, y: y + dy });
        standing.push(boxOf(one));
        if (dx || dy) lines.push([[x, y], [x + dx, y + dy]]);
      }
    }

    one({ x, y, marks: [mark] }) {
      const wide = 8 + (mark.claimed ? 8.5 : 7) * mark.number.length, size = mark.claimed ? CLAIM : TIGHT;
      const up = mark.sign === "0" ? 0 : (y < 26 && !mark.claimed ? 16 : -16) * Math.max(size, 1);
      const link = drawn("a", { href: mark.href, "aria-label": mark.name, transform: `translate(${x} ${y})` });
      if (mark.sign !== "0") link.append(drawn("use", { href: `#g${mark.sign}`, transform: `scale(${size})` }));
      const number = drawn("text", { y: up + 4 });
      number.textContent = mark.number;
      link.append(drawn("rect", { x: -wide / 2, y: up - 8, width: wide, height: 16, rx: 8 }), number);
      link.classList.toggle("chosen", this.chosen === mark.href);
      link.classList.toggle("claimed", mark.claimed);
      link.addEventListener("click", event => { event.preventDefault(); this.tell([mark]); });
      return link;
    }

    many({ x, y, marks }) {
      const count = drawn("text", { y: 4 });
      count.textContent = `×${marks.length}`; // a bare number would be that of a mark
      const group = drawn("g", { class: "many", role: "button", tabindex: 0, transform: `translate(${x} ${y})`, "aria-label": `${marks.length} marks here` },
        drawn("circle", { r: marks.length > 9 ? 14 : 12 }), count);
      const act = () => this.open(marks);
      group.addEventListener("click", act);
      group.addEventListener("keydown", event => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault(); event.stopPropagation();
        act(); this.box.focus({ preventScroll: true });
      });
      return group;
    }

    open(marks) {
      const xs = marks.map(mark => mark.x), ys = marks.map(mark => mark.y);
      const span = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
      const unit = this.box.clientWidth / this.width;
      const k = Math.min(span > 0 ? 0.6 * Math.min(this.box.clientWidth, this.box.clientHeight) / (span * unit) : MOST, MOST);
      this.tell(marks);
      if (span * unit * MOST < APART || k <= this.k * 1.05) return;
      this.k = k;
      this.x = this.box.clientWidth / 2 - k * unit * (Math.max(...xs) + Math.min(...xs)) / 2;
      this.y = this.box.clientHeight / 2 - k * unit * (Math.max(...ys) + Math.min(...ys)) / 2;
      this.show();
    }

    tell(marks) {
      this.chosen = marks.length === 1 ? marks[0].href : "";
      const links = marks.flatMap((mark, at) => [at ? " · " : "", html("a", { href: mark.href, textContent: mark.name.replace(":", "") })]);
      this.here.replaceChildren(...links);
      this.show();
    }

    scaleAt(wide, high) {
      const last = this.steps - 1, at = (middle, side) => within(middle / side * last, 0, last);
      const column = at((wide / 2 - this.x) / this.k, wide), row = at((high / 2 - this.y) / this.k, high);
      const near = this.scales[Math.round(row) * this.steps + Math.round(column)];
      if (!near) return near;
      const [left, top] = [Math.floor(column), Math.floor(row)].map(one => Math.min(one, last - 1));
      const corner = (dx, dy) => this.scales[(top + dy) * this.steps + left + dx][0];
      const corners = [corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)];
      if (Math.min(...corners) <= 0) return near;
      const [dx, dy] = [column - left, row - top], [a, b, c, d] = corners;
      return [(a * (1 - dx) + b * dx) * (1 - dy) + (c * (1 - dx) + d * dx) * dy, near[1], near[2]];
    }

    showScale(wide, high) {
      const [metres, latitude, north] = this.scaleAt(wide, high) || [-1, 0, 0];
      const known = metres > 0;
      this.bar.hidden = this.north.hidden = !known;
      this.barWords.textContent = "";
      if (!known) return;
      const perPixel = metres * this.width / (wide * this.k), room = Math.min(130, wide / 3) * perPixel;
      const power = 10 ** Math.floor(Math.log10(room)), length = power * [5, 2, 1].find(step => step * power <= room);
      this.bar.style.width = `${length / perPixel}px`;
      const words = length >= 1000 ? `${(length / 1000).toLocaleString("en")} km` : `${length} m`;
      this.barWords.textContent = `${words} at ${Math.abs(Math.round(latitude))}\u00b0 ${latitude < 0 ? "S" : "N"}`;
      this.arrow.style.transform = `rotate(${north}deg)`;
    }
  }

  function slide(pair) {
    const names = [...pair.querySelectorAll("strong")].map(name => name.textContent);
    const input = html("input", { type: "range", min: 0, max: 100, value: 50, className: "slide" });
    const show = () => {
      pair.style.setProperty("--v", input.value / 100);
      input.setAttribute("aria-valuetext", `${input.value} % ${names[0]}, ${100 - input.value} % ${names[1]}`);
    };
    input.setAttribute("aria-label", "Share of the first image");
    input.addEventListener("input", show);
    pair.classList.add("slider");
    pair.append(input);
    show();
  }

  document.querySelectorAll(".map").forEach(figure => new ZoomedMap(figure));
  document.querySelectorAll(".two").forEach(slide);
}
