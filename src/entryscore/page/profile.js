/* One market: its scores beside the median and its group, what is strong and weak. */
const Profile = (() => {
  const { d3 } = window;
  const MOST = 5;
  const NOTHING = 1e-9; // of a score

  const median = (values) => d3.median(values.filter((v) => !Number.isNaN(v)));

  /* The observed indicators that weigh something in the market's score, with its place in each and
     `edge`: its score less the median of the ranked markets, as in the report's Profiles. */
  function standing(data, answer, market) {
    const weights = answer.spread ? answer.spread[market] : Engine.spread(data, answer, market);
    return data.nodes.map((node, k) => ({ ...node, node: k }))
      .filter(({ leaf, node }) => leaf >= 0 && weights[node] > 0
        && data.markets[market].observed[leaf] === "1")
      .map((indicator) => {
        const column = answer.scores[indicator.node];
        const score = column[market];
        const middle = median(column.filter((_, i) => answer.ranked[i]));
        const there = column.filter((v) => !Number.isNaN(v));
        return {
          ...indicator, score, rank: 1 + there.filter((v) => v > score).length, count: there.length,
          edge: middle === undefined ? 0 : score - middle,
        };
      });
  }

  /* The scores farthest above the median, and below it. */
  function ends(data, answer, market) {
    const all = standing(data, answer, market);
    return {
      strengths: all.filter(({ edge }) => edge > NOTHING).sort((a, b) => b.edge - a.edge).slice(0, MOST),
      weaknesses: all.filter(({ edge }) => edge < -NOTHING).sort((a, b) => a.edge - b.edge).slice(0, MOST),
    };
  }

  function facts(data, answer, market, stale, say) {
    const { low, gate } = data.markets[market];
    const rank = answer.ranks[market];
    const count = answer.ranked.filter(Boolean).length;
    const score = answer.scores[0][market];
    const band = Ranking.bandOf(data, answer, market);
    return [
      [say("rank"), rank === null ? say("not_ranked") : say("of", { rank, count })],
      [say(stale ? "range_run" : "range"), low === null ? "" : Ranking.rangeOf(data.markets[market], say)],
      [say("score"), Number.isNaN(score) ? say("none") : score.toFixed(Ranking.decimalsOf(answer.scores[0]))],
      [say("coverage"), Number.isNaN(answer.coverage[market]) ? "" : `${Math.round(100 * answer.coverage[market])}%`],
      [say("band"), band],
      [say(data.everywhere ? "gate_more" : "gate"),
        gate || (data.markets.some((m) => m.gate) ? say("none") : "")],
      [say("gate_every"), data.everywhere],
    ].filter(([, value]) => value !== "");
  }

  function keys(data, market, say) {
    const group = data.groups[data.markets[market].group];
    const items = [["dot", say("here")], ["tick", say("median")]];
    if (group) items.push(["diamond", say("group_median", { group })]);
    d3.select("#keys").selectAll("li").data(items).join("li").each(function write([look, text]) {
      const item = d3.select(this).text("");
      item.append("i").attr("class", look);
      item.append("span").text(text);
    });
  }

  function chart(data, answer, market, say) {
    const shown = data.nodes.map((_, k) => k).filter((k) => !data.nodes[k].empty);
    const scale = Ranking.scaleOf([].concat(...shown.map((k) => answer.scores[k])));
    const { group } = data.markets[market];
    const ranked = d3.range(data.markets.length).filter((i) => answer.ranked[i]);
    const depth = (k) => (k ? 1 + depth(data.nodes[k].parent) : 0);
    const rows = d3.select("#scores").selectAll("li").data(shown).join((enter) => {
      const row = enter.append("li").attr("class", (k) => `score-row d${Math.min(3, depth(k))}`);
      row.append("span").attr("class", "name");
      row.append("span").attr("class", "track");
      row.append("span").attr("class", "score");
      return row;
    });
    rows.classed("off", (k) => !(answer.effective[k] > 0));
    rows.select(".name").text((k) => data.nodes[k].name);
    rows.select(".score").text((k) => {
      const score = answer.scores[k][market];
      return Number.isNaN(score) ? say("no_value") : score.toFixed(Ranking.decimalsOf(answer.scores[k]));
    });
    rows.select(".track").selectAll("i").data((k) => [
      ["tick", median(ranked.map((i) => answer.scores[k][i]))],
      ["diamond", group < 0 ? undefined : median(ranked.filter((i) => data.markets[i].group === group)
        .map((i) => answer.scores[k][i]))],
      ["dot", answer.scores[k][market]],
    ].filter(([, value]) => value !== undefined && !Number.isNaN(value)), ([look]) => look)
      .join("i").attr("class", ([look]) => look).style("left", ([, value]) => `${scale(value).toFixed(3)}%`);
  }

  function show(data, answer, market, stale, say) {
    const { name, code, group } = data.markets[market];
    const where = data.groups[group];
    d3.select("#choose").property("value", market);
    d3.select("#who").text([name === code ? name : `${name} (${code})`, where].filter(Boolean).join(", "));
    d3.select("#facts").selectAll("div").data(facts(data, answer, market, stale, say)).join("div")
      .each(function write([term, value]) {
        const pair = d3.select(this).text("");
        pair.append("dt").text(term);
        pair.append("dd").text(value);
      });
    keys(data, market, say);
    chart(data, answer, market, say);
    const found = ends(data, answer, market);
    const decimals = (s) => Math.max(1, Ranking.decimalsOf(answer.scores[s.node]));
    Object.entries(found).forEach(([id, list]) => {
      const told = list.map((s) => say("standing", {
        name: s.name, rank: s.rank, count: s.count, edge: (s.edge < 0 ? "" : "+") + s.edge.toFixed(decimals(s)), score: s.score.toFixed(decimals(s)),
      }));
      d3.select(`#${id}`).selectAll("li").data(told.length ? told : [say("none")]).join("li").text(String);
    });
  }

  return { show, ends };
})();
