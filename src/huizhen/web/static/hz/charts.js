/* Charts. What is drawn is read from the table on the page: data-v of a cell is its number, data-line marks the columns of lines. So
   picture and table cannot differ. A chart can be shown as its table, and taken along as PNG or SVG. Colours are those of the page. */
(() => {
  "use strict";
  if (!window.echarts) return; // not brought: the tables stay
  const root = document.documentElement, drawn = new Map();
  const ink = (name) => getComputedStyle(root).getPropertyValue(`--hz-${name}`).trim();
  const size = () => parseFloat(getComputedStyle(root).fontSize) || 16;
  const number = (cell) => { const value = parseFloat(cell?.dataset.v); return Number.isFinite(value) ? value : null; };
  const words = (cell) => cell.textContent.trim();
  const address = (cell) => cell?.querySelector("a[href]")?.href || "";
  const body = (figure) => [...figure.querySelectorAll("tbody tr")];
  // ECharts writes the family into an attribute as it is: a double quote would end it, and no program could read the picture.
  const family = () => getComputedStyle(document.body).fontFamily.replaceAll('"', "'");
  const text = (more) => ({ fontFamily: family(), color: ink("ink-3"), fontSize: size() * 0.75, ...more });

  /* Rates by month. */
  const lines = (figure) => {
    const rows = body(figure), heads = [...figure.querySelectorAll("thead th")];
    const columns = heads.map((head, at) => [head, at]).filter(([head]) => "line" in head.dataset);
    const tones = [ink("dai"), ink("po-fill"), ink("zi"), ink("zhu")], goal = Number(figure.dataset.goal);
    const all = columns.flatMap(([, at]) => rows.map((row) => number(row.cells[at]))).filter((one) => one !== null);
    const low = Math.max(0, Math.min(70, Math.floor((Math.min(...all, 100) - 1) / 10) * 10));
    return {
      textStyle: text({}), color: tones, animation: false, aria: { enabled: false },
      grid: { left: size() * 2.25, right: size() * 3.75, top: size() * 2.5, bottom: size() * 1.75 },
      legend: { top: 0, left: 0, itemWidth: size(), itemHeight: 3, icon: "rect", itemGap: size(), textStyle: text({ color: ink("ink-2") }) },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: ink("paper"), borderColor: ink("line-2"), textStyle: text({ color: ink("ink") }), axisPointer: { lineStyle: { color: ink("line-2") } }, valueFormatter: (value) => (value === null || value === undefined ? "—" : `${value}%`) },
      xAxis: { type: "category", boundaryGap: false, data: rows.map((row) => words(row.cells[0])), axisLine: { lineStyle: { color: ink("line-2") } }, axisTick: { show: false }, axisLabel: text({ hideOverlap: true }) },
      yAxis: { type: "value", min: low, max: 100, splitNumber: 3, axisLabel: text({}), splitLine: { lineStyle: { color: ink("line") } } },
      series: columns.map(([head, at], index) => ({
        type: "line", name: words(head), data: rows.map((row) => ({ value: number(row.cells[at]), link: address(row.cells[at]) })), symbol: "circle", symbolSize: size() * 0.4, showSymbol: true,
        lineStyle: { width: size() * 0.14 }, endLabel: { show: true, formatter: (one) => (one.value === null ? "" : `${one.value}%`), ...text({ color: tones[index], fontWeight: 600 }) }, labelLayout: { moveOverlap: "shiftY" },
        markLine: index || !goal ? undefined : { silent: true, symbol: "none", lineStyle: { color: ink("zhu"), type: [4, 4], width: 1 }, label: { formatter: `${figure.dataset.goalWord} ${goal}%`, position: "insideStartTop", ...text({ color: ink("zhu") }) }, data: [{ yAxis: goal }] },
      })),
    };
  };

  /* One number for each row, the most on top as in the table; past data-limit in another colour. */
  const bars = (figure) => {
    const rows = body(figure).slice(0, Number(figure.dataset.most) || 40).reverse(), limit = Number(figure.dataset.limit) || Infinity;
    const cells = rows.map((row) => row.querySelector("[data-v]"));
    return {
      textStyle: text({}), animation: false, grid: { left: size() * 0.5, right: size() * 3, top: 0, bottom: 0, containLabel: true },
      xAxis: { type: "value", min: 0, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: { type: "category", data: rows.map((row) => words(row.cells[0])), axisLine: { show: false }, axisTick: { show: false }, axisLabel: text({ color: ink("ink-2"), fontSize: size() * 0.8125, width: size() * 15, overflow: "truncate" }) },
      series: [{
        type: "bar", barMaxWidth: size() * 0.75, label: { show: true, position: "right", ...text({ color: ink("ink"), fontWeight: 600, fontSize: size() * 0.8125 }) },
        data: cells.map((cell) => ({ value: number(cell) || 0, link: address(cell), itemStyle: { borderRadius: 3, color: (number(cell) || 0) > limit ? ink("zhuhong") : ink("dai-mid") } })),
        markLine: Number.isFinite(limit) ? { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: ink("zhu"), type: [4, 4], width: 1 }, data: [{ xAxis: limit }] } : undefined,
      }],
    };
  };

  /* Squares as they stand on the page: heat and cities. */
  const square = (x, y, wide, high, cell, said, more) => {
    const look = getComputedStyle(cell);
    return [
      { type: "rect", shape: { x, y, width: wide - 2, height: high - 2, r: 3 }, style: { fill: look.backgroundColor } },
      { type: "text", x: x + wide / 2 - 1, y: y + high / 2 - 1, style: { text: said, fill: look.color, align: "center", verticalAlign: "middle", lineHeight: 16, font: `${more || ""} 12px ${family()}` } },
    ];
  };
  const label = (x, y, said, align) => ({ type: "text", x, y, style: { text: said, fill: ink("ink-2"), align, verticalAlign: "middle", font: `12px ${family()}` } });
  const heat = (figure, width) => {
    const side = 130, heads = [...figure.querySelectorAll("thead th")].slice(1), wide = (width - side) / heads.length, high = 28;
    const elements = heads.map((head, at) => label(side + at * wide + wide / 2, 12, words(head), "center"));
    body(figure).forEach((row, index) => {
      const y = 26 + index * high;
      elements.push(label(0, y + high / 2, words(row.cells[0]).slice(0, 10), "left"));
      [...row.cells].slice(1).forEach((cell, at) => elements.push(...square(side + at * wide, y, wide, high, cell, words(cell))));
    });
    return { graphic: { elements } };
  };
  const tiles = (figure, width) => {
    const side = width / 7;
    return { graphic: { elements: body(figure).flatMap((row) => square((row.dataset.x - 1) * side, (row.dataset.y - 1) * side * 0.88, side, side * 0.88, row, `${words(row.cells[0])}\n${words(row.cells[1])}`)) } };
  };
  const kinds = { lines, bars, funnel: bars, heat, tiles };
  const heights = { lines: () => 320, bars: (figure) => 24 + Math.min(body(figure).length, Number(figure.dataset.most) || 40) * 28, funnel: (figure) => 24 + body(figure).length * 30, heat: (figure) => 30 + body(figure).length * 28, tiles: (figure, width) => (width / 7) * 0.88 * 5 };

  const drawable = (figure) => {
    const heads = [...figure.querySelectorAll("thead th")], isLines = figure.dataset.chart === "lines";
    return body(figure).some((row) => [...row.cells].some((cell, at) => number(cell) !== null && (!isLines || "line" in heads[at].dataset)));
  };
  const draw = (figure) => {
    const place = figure.querySelector("[data-draw]"), table = figure.querySelector("[data-table]");
    if (!place || figure.dataset.as === "table" || !kinds[figure.dataset.chart]) return;
    if (!drawable(figure)) { figure.dataset.as = "table"; figure.querySelector("[data-tools]")?.remove(); return; } // too few to draw
    place.hidden = false; table.hidden = true;
    if (figure.dataset.chart === "bars") place.style.height = `${heights.bars(figure) * size() / 16}px`;
    let chart = drawn.get(figure);
    if (!chart) {
      chart = window.echarts.init(place, null, { renderer: "svg" });
      chart.on("click", (one) => { if (one.data?.link && !figure.closest("[data-wall]")) location.assign(one.data.link); });
      drawn.set(figure, chart);
    }
    chart.resize();
    chart.setOption(kinds[figure.dataset.chart](figure), true);
  };
  const swap = (figure, button) => {
    const asTable = button.getAttribute("aria-pressed") !== "true", squares = figure.querySelector("[data-tiles]");
    button.setAttribute("aria-pressed", String(asTable));
    if (squares) { squares.classList.toggle("is-table", asTable); return; }
    figure.dataset.as = asTable ? "table" : "";
    figure.querySelector("[data-table]").hidden = !asTable;
    figure.querySelector("[data-draw]").hidden = asTable;
    if (!asTable) draw(figure);
  };

  /* A picture of its own: the title above, on the colour of the page. */
  const take = async (figure, kind) => {
    const squares = figure.querySelector("[data-tiles]"), asTable = squares?.classList.contains("is-table");
    squares?.classList.remove("is-table"); // its colours lie on the squares
    const width = figure.dataset.chart === "tiles" ? 480 : 880, inner = heights[figure.dataset.chart](figure, width - 48), height = inner + 72;
    const inside = kinds[figure.dataset.chart](figure, width - 48);
    squares?.classList.toggle("is-table", asTable);
    const option = { ...inside, backgroundColor: ink("paper"), animation: false, title: { text: figure.dataset.title, left: 20, top: 14, textStyle: text({ color: ink("ink"), fontSize: 16, fontWeight: 600 }) } };
    if (inside.graphic) option.graphic = { elements: [{ type: "group", x: 24, y: 52, children: inside.graphic.elements }] };
    if (inside.grid) option.grid = { ...inside.grid, left: inside.legend ? 52 : 20, top: 52 + (inside.legend ? 36 : 0), bottom: 28 };
    if (inside.legend) option.legend = { ...inside.legend, top: 52, left: 20 };
    const chart = window.echarts.init(document.createElement("div"), null, { renderer: kind === "svg" ? "svg" : "canvas", width, height, devicePixelRatio: 2 });
    chart.setOption(option);
    const file = kind === "svg" ? new Blob([chart.renderToSVGString()], { type: "image/svg+xml" }) : await new Promise((done) => { chart.renderToCanvas({ pixelRatio: 2 }).toBlob(done); });
    chart.dispose();
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${figure.dataset.title}.${kind}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const figures = () => [...document.querySelectorAll("[data-chart]")];
  const all = () => {
    for (const [figure, chart] of drawn) if (!figure.isConnected) { chart.dispose(); drawn.delete(figure); }
    figures().forEach((figure) => { draw(figure); const tools = figure.querySelector("[data-tools]"); if (tools) tools.hidden = false; });
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]"), figure = button?.closest("[data-chart]");
    if (!figure) return;
    if (button.dataset.do === "table") swap(figure, button); else take(figure, button.dataset.do);
  });
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(all, 120); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  /* On paper a chart is as wide as the paper, in the colours of the light theme. */
  const paper = matchMedia("print");
  let theme = "";
  paper.addEventListener("change", () => {
    if (paper.matches) { theme = root.dataset.bsTheme; root.dataset.bsTheme = "light"; } else root.dataset.bsTheme = theme;
    for (const [figure, chart] of drawn) { if (paper.matches) chart.resize({ width: 620 }); else chart.resize({ width: "auto" }); chart.setOption(kinds[figure.dataset.chart](figure), true); }
  });
  /* The wall: drawn again when it came anew; its time turns amber when it no longer does. */
  document.addEventListener("htmx:afterSettle", all);
  setInterval(() => {
    const at = document.querySelector("[data-wall] [data-at]");
    at?.closest("[data-wall]").classList.toggle("is-old", Date.now() - Date.parse(at.getAttribute("datetime")) > 150000);
  }, 15000);
  all();
})();
