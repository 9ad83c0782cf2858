/* Ties the parts together: one state; bars are drawn once per frame however fast a slider moves. */
(() => {
  const { d3 } = window;
  const data = JSON.parse(document.getElementById("data").textContent);
  const say = (key, values = {}) => data.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const gap = data.lang === "zh" ? "" : " "; // between sentences
  const STEPS = [10, 25, 50, 100];
  const SOON = 60; // milliseconds without a change before the table follows the bars
  const QUIET = 400; // … before the change is read out

  const fixed = () => ({
    ...Engine.weigh(data, data.nodes.map((node) => node.weight)),
    scores: data.run.all.map((column) => column.map((v) => (v === null ? NaN : v))),
    spread: data.run.spread, ranks: data.run.ranks, ranked: data.run.ranks.map((rank) => rank !== null),
  });
  const state = { top: 25, sort: { key: "rank", descending: false }, market: 0, drawn: 0 };
  let frame = 0;
  let later = 0;
  let timer = 0;
  let answer = null;
  const controls = Controls.make(data, say, () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  });

  const answerNow = () => (data.static ? fixed() : Engine.run(data, controls.weights()));

  function choose(market, bring = true) {
    state.market = Number(market);
    Profile.show(data, answer, state.market, controls.isChanged(), say);
    if (!bring) return;
    document.getElementById("choose").focus({ preventScroll: true });
    document.getElementById("market").scrollIntoView({ block: "start" });
  }

  function tell() {
    const order = Ranking.order(data, answer).filter((i) => answer.ranks[i] !== null);
    const moved = order.filter((i) => Ranking.change(data, answer, i) !== 0).length;
    const words = order.length ? say("leader", { name: data.markets[order[0]].name }) : say("nobody");
    d3.select("#status").text(controls.isChanged() ? words + gap + say("moved", { count: moved }) : "");
  }

  function drawBars() {
    const count = answer.ranked.filter(Boolean).length;
    Ranking.bars(data, answer, state.top, say, choose);
    d3.select("#top").property("value", Number.isFinite(state.top) ? state.top : "");
    d3.select("#more").property("hidden", count <= 25)
      .text(state.top < count ? say("show_all", { count }) : say("show_fewer", { count: 25 }));
    const out = data.markets.length - count;
    d3.select("#unranked").property("hidden", !out).text(say("unranked", { count: out, all: data.markets.length }));
  }

  function drawTable() {
    Ranking.table(data, answer, state.sort, controls.isChanged(), say, choose, (sort) => {
      state.sort = sort;
      drawTable();
    });
  }

  function warn() {
    const names = answer.weightless.map((k) => data.nodes[k].name).join(", ");
    const text = names ? say("weightless", { names }) : differs() ? say("differs") : "";
    d3.select("#alert").property("hidden", !text).text(text);
  }

  /* With the run's own weights the ranks must be the run's. */
  const differs = () => !controls.isChanged() && data.run.ranks.some((rank, i) => rank !== answer.ranks[i]);

  function draw() {
    answer = answerNow();
    const stale = controls.isChanged();
    d3.select("#headline").text(stale ? say("headline_run", data) : data.headline);
    warn();
    drawBars();
    d3.select("#partners-stale").property("hidden", !stale);
    clearTimeout(later);
    later = setTimeout(() => drawRest(stale), state.drawn ? SOON : 0);
  }

  /* What may follow a moving slider a moment later. */
  function drawRest(stale) {
    drawTable();
    choose(state.market, false);
    const ranges = data.markets.some((m) => m.low !== null);
    const notes = [data.static ? "" : say("change_note")];
    if (data.everywhere) notes.push(say("everywhere", { gates: data.everywhere }));
    if (ranges) notes.push(say(stale ? "range_stale" : "range_note"));
    d3.select("#notes").text(notes.filter(Boolean).join(gap));
    clearTimeout(timer);
    timer = setTimeout(tell, stale ? QUIET : 0);
    state.drawn += 1;
    document.body.dataset.drawn = state.drawn;
  }

  const names = d3.range(data.markets.length)
    .sort((a, b) => data.markets[a].name.localeCompare(data.markets[b].name));
  d3.select("#choose").on("change", function chosen() { choose(this.value, false); })
    .selectAll("option").data(names).join("option").attr("value", (i) => i).text((i) => data.markets[i].name);
  d3.select("#top").on("change", function chosen() {
    state.top = Number(this.value) || Infinity;
    drawBars();
  }).selectAll("option").data([...STEPS.filter((n) => n < data.markets.length), ""]).join("option")
    .attr("value", String).text((n) => n || say("all"));
  if (data.markets.length <= 25) state.top = Infinity;
  d3.select("#more").on("click", () => {
    state.top = state.top < answer.ranked.filter(Boolean).length ? Infinity : 25;
    drawBars();
  });
  if (window.matchMedia("(max-width: 800px)").matches) document.getElementById("weights").open = false;
  answer = answerNow();
  state.market = Ranking.order(data, answer)[0];
  draw();
})();
