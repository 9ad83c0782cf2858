/* The bars and the table of all markets. */
const Ranking = (() => {
  const { d3 } = window;
  const MOST_PARTS = 8; // colours of the palette

  /* Digits that tell scores apart: one decimal on a scale of 100. */
  function decimalsOf(values) {
    const [low, high] = d3.extent(values.filter((v) => !Number.isNaN(v)));
    if (low === undefined || values.every((v) => Number.isNaN(v) || Number.isInteger(v))) return 0;
    return high - low >= 10 ? 1 : high - low >= 1 ? 2 : 3;
  }

  /* From 0, over all scores; 0 to 100 where they lie there. */
  function scaleOf(values) {
    const [low, high] = d3.extent([0, ...values.filter((v) => !Number.isNaN(v))]);
    const ends = low >= 0 && high <= 100 && high > 20 ? [0, 100] : [low, high || 1];
    return d3.scaleLinear().domain(ends).range([0, 100]).nice(5);
  }

  /* What each part of the index adds, where the index is a mean of parts that are not negative. */
  function segments(data, answer, market) {
    const colours = Engine.children(data.nodes)[0].filter((k) => !data.nodes[k].empty);
    const parts = colours.filter((k) => answer.shares[k] > 0);
    const score = answer.scores[0][market];
    const additive = data.nodes[0].aggregation === "arithmetic" && colours.length <= MOST_PARTS
      && !parts.some((k) => answer.scores[k].some((v) => v < 0));
    const there = parts.filter((k) => !Number.isNaN(answer.scores[k][market]));
    const points = there.map((k) => answer.shares[k] * answer.scores[k][market]);
    const whole = there.reduce((total, k) => total + answer.shares[k], 0);
    if (!additive || Math.abs(d3.sum(points) / whole - score) > 1e-6) {
      return [{ part: 0, colour: 0, from: Math.min(0, score), to: Math.max(0, score) }];
    }
    let from = 0;
    return there.map((k, i) => {
      const to = from + points[i] / whole;
      const segment = { part: k, colour: colours.indexOf(k), from, to };
      from = to;
      return segment;
    });
  }

  const order = (data, answer) => d3.range(data.markets.length).sort((a, b) =>
    (answer.ranks[a] || Infinity) - (answer.ranks[b] || Infinity) || a - b);

  /* Places won since the run: null where one of the two has no rank. */
  const change = (data, answer, i) => (data.run.ranks[i] === null || answer.ranks[i] === null
    ? null : data.run.ranks[i] - answer.ranks[i]);

  function changeText(data, answer, i, say) {
    const moved = change(data, answer, i);
    if (moved === null) return answer.ranks[i] === null ? ["", ""] : ["new", say("new")];
    if (moved > 0) return [`▲ ${moved}`, say("up", { count: moved })];
    return moved < 0 ? [`▼ ${-moved}`, say("down", { count: -moved })] : ["=", say("same")];
  }

  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  function putChange(element, data, answer, i, say) {
    const [sign, words] = changeText(data, answer, i, say);
    const moved = change(data, answer, i);
    const look = `change ${moved > 0 ? "up" : moved < 0 ? "down" : ""}`;
    if (element.textContent === sign && element.className === look) return;
    d3.select(element).attr("class", look).attr("role", words ? "img" : null)
      .attr("aria-label", words || null).text(sign);
  }

  function bars(data, answer, top, say, choose) {
    const ranked = order(data, answer).filter((i) => answer.ranks[i] !== null);
    const shown = ranked.slice(0, top);
    const scale = scaleOf(ranked.map((i) => answer.scores[0][i]));
    const decimals = decimalsOf(ranked.map((i) => answer.scores[0][i]));
    const place = (value) => `${scale(value).toFixed(4)}%`;
    const width = (s) => `${(scale(s.to) - scale(s.from)).toFixed(4)}%`;
    const rows = d3.select("#bars").selectAll("li").data(shown, (i) => data.markets[i].code)
      .join((enter) => {
        const row = enter.append("li").attr("class", "bar");
        row.append("span").attr("class", "rank");
        row.append("span").attr("class", "change");
        row.append("button").attr("type", "button").attr("class", "name link")
          .attr("title", (i) => data.markets[i].name).on("click", (i) => choose(i))
          .append("span").text((i) => data.markets[i].name);
        row.append("span").attr("class", "track");
        row.append("span").attr("class", "score");
        return row;
      }).order();
    rows.select(".rank").text((i) => answer.ranks[i]);
    rows.select(".score").text((i) => answer.scores[0][i].toFixed(decimals));
    rows.select(".change").each(function write(i) { putChange(this, data, answer, i, say); });
    rows.select(".track").selectAll("i").data((i) => segments(data, answer, i), (s) => s.part)
      .join("i").attr("class", (s) => `c${s.colour}`)
      .attr("title", (s) => (s.part ? `${data.nodes[s.part].name}: ${(s.to - s.from).toFixed(1)}` : null))
      .style("left", (s) => place(s.from)).style("width", width);
    axis(scale, place, say);
    legend(data, answer, shown, say);
  }

  function axis(scale, place, say) {
    const holder = d3.select("#axis").selectAll("span").data(["name", "track", "score"])
      .join("span").attr("class", (name) => name);
    holder.filter((name) => name === "name").text(say("axis"));
    holder.filter((name) => name === "track").selectAll("b").data(scale.ticks(5)).join("b")
      .style("left", place).text(scale.tickFormat(5));
  }

  function legend(data, answer, shown, say) {
    const drawn = new Map();
    shown.forEach((i) => segments(data, answer, i).forEach((s) => s.part && drawn.set(s.colour, s.part)));
    const items = [...drawn.entries()].sort((a, b) => a[0] - b[0]);
    const whole = !items.length && shown.length > 0 && Engine.children(data.nodes)[0].length > 1;
    d3.select("#whole").property("hidden", !whole).text(say("whole", { most: MOST_PARTS }));
    d3.select("#legend").selectAll("li").data(items).join("li").each(function write([colour, part]) {
      const item = d3.select(this).text("");
      item.append("i").attr("class", `c${colour}`);
      item.append("span").text(data.nodes[part].name);
    });
  }

  /* A column: its header, the value it sorts by, what it shows. `low`: the best is the lowest. */
  function columnsOf(data, stale, say) {
    const parts = Engine.children(data.nodes)[0].filter((k) => !data.nodes[k].empty);
    const has = (test) => data.markets.some(test);
    const score = (name, node) => ({
      key: `node${node}`, name, kind: "number",
      value: (i, answer) => answer.scores[node][i],
      decimals: (answer) => decimalsOf(answer.scores[node]),
    });
    return [
      { key: "rank", name: say("rank"), kind: "number", low: true,
        value: (i, answer) => (answer.ranks[i] === null ? NaN : answer.ranks[i]) },
      { key: "change", name: say("change"), kind: "moves",
        value: (i, answer) => { const c = change(data, answer, i); return c === null ? NaN : c; } },
      { key: "market", name: say("market"), kind: "market", low: true, value: (i) => data.markets[i].name },
      { key: "group", name: say("group"), kind: "text", low: true, skip: !data.groups.length,
        value: (i) => data.groups[data.markets[i].group] || "" },
      score(say("score"), 0),
      ...parts.map((k) => score(data.nodes[k].name, k)),
      { key: "coverage", name: say("coverage"), kind: "percent", value: (i, answer) => answer.coverage[i] },
      { key: "range", name: say(stale ? "range_short_run" : "range_short"), kind: "range", low: true, skip: !has((m) => m.low !== null),
        value: (i) => (data.markets[i].low === null ? NaN : data.markets[i].low) },
      { key: "band", name: say("band"), kind: "text", low: true, skip: !data.settings.bands.length,
        value: (i, answer) => bandOf(data, answer, i) },
      { key: "gate", name: say(data.everywhere ? "gate_more" : "gate"), kind: "text", low: true,
        skip: !has((m) => m.gate), blank: "–", value: (i) => data.markets[i].gate },
    ].filter((column) => !column.skip);
  }

  function bandOf(data, answer, i) {
    const score = Engine.round(answer.scores[0][i], data.settings.decimals);
    const band = Number.isNaN(score) ? null : data.settings.bands.find((b) => b.bound === null
      || (b.inclusive ? score >= b.bound : score > b.bound));
    return band ? band.name : "";
  }

  const rangeOf = (market, say) => (market.low === null ? "" : say("to", { low: market.low, high: market.high }));

  function shownIn(column, i, data, answer, decimals, say) {
    const value = column.value(i, answer);
    if (column.kind === "range") return rangeOf(data.markets[i], say);
    if (typeof value === "string") return value || column.blank || "";
    if (Number.isNaN(value)) return "";
    return column.kind === "percent" ? `${Math.round(100 * value)}%` : value.toFixed(decimals);
  }

  /* Missing values stand last whichever way the column is sorted; ties in the order of ranks. */
  function sorted(data, answer, column, descending) {
    const place = new Map(order(data, answer).map((i, k) => [i, k]));
    const missing = (v) => v === "" || Number.isNaN(v);
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
    return d3.range(data.markets.length).sort((a, b) => {
      const [x, y] = [column.value(a, answer), column.value(b, answer)];
      if (missing(x) || missing(y)) return missing(x) - missing(y) || place.get(a) - place.get(b);
      return (descending ? -1 : 1) * compare(x, y) || place.get(a) - place.get(b);
    });
  }

  function table(data, answer, sort, stale, say, choose, again) {
    const columns = columnsOf(data, stale, say);
    const chosen = columns.find((column) => column.key === sort.key);
    const heads = d3.select("#head").selectAll("th").data(columns, (c) => c.key).join((enter) => {
      const head = enter.append("th").attr("scope", "col").attr("class", (c) => `${c.kind} k-${c.key}`);
      head.append("button").attr("type", "button");
      head.append("span").attr("class", "print").attr("aria-hidden", "true");
      return head;
    });
    heads.select("span").text((c) => c.name);
    heads.select("button").attr("title", (c) => say("sort", c)).text((c) => c.name);
    heads.attr("aria-sort", (c) => (c !== chosen ? null : sort.descending ? "descending" : "ascending"));
    heads.select("button").on("click", (c) => {
      const flip = c.key === sort.key ? !sort.descending : !c.low;
      again({ key: c.key, descending: flip });
    });
    const decimals = columns.map((c) => (c.decimals ? c.decimals(answer) : 0));
    const rows = d3.select("#rows").selectAll("tr")
      .data(sorted(data, answer, chosen, sort.descending), (i) => data.markets[i].code)
      .join((enter) => cellsOf(enter.append("tr"), columns, choose)).order();
    rows.attr("data-code", (i) => data.markets[i].code).attr("data-rank", (i) => answer.ranks[i])
      .attr("data-score", (i) => answer.scores[0][i]).classed("out", (i) => answer.ranks[i] === null)
      .each(function write(i) {
        columns.forEach((column, at) => {
          const cell = this.children[at];
          const inner = cell.firstElementChild || cell;
          if (column.kind === "moves") putChange(inner, data, answer, i, say);
          else put(inner, shownIn(column, i, data, answer, decimals[at], say));
          if (column.kind === "text" && cell.title !== cell.textContent) cell.title = cell.textContent;
        });
      });
  }

  /* A cell per column; what can be pressed or read out stands inside it. */
  function cellsOf(rows, columns, choose) {
    columns.forEach((column) => {
      const cell = rows.append("td").attr("class", `${column.kind} k-${column.key}`);
      if (column.kind === "moves") cell.append("span");
      if (column.kind === "market") {
        cell.append("button").attr("type", "button").attr("class", "link").on("click", (i) => choose(i));
      }
    });
    return rows;
  }

  return { bars, table, order, change, bandOf, rangeOf, decimalsOf, scaleOf };
})();
