/* One market: its scores beside the median and its group, what is strong and weak. */
const Profile = (() => {
  const { d3 } = window;
  const MOST = 5;

  const median = (values) => d3.median(values.filter((v) => !Number.isNaN(v)));

  /* The observed indicators with the market's place in each, in the tree's order. */
  function standing(data, answer, market) {
    return data.nodes.map((node, k) => ({ ...node, node: k }))
      .filter(({ leaf }) => leaf >= 0 && data.markets[market].observed[leaf] === "1")
      .map((indicator) => {
        const column = answer.scores[indicator.node];
        const score = column[market];
        const there = column.filter((v) => !Number.isNaN(v));
        return { ...indicator, score, rank: 1 + there.filter((v) => v > score).length, count: there.length };
      })
      .filter(({ score }) => !Number.isNaN(score));
  }

  /* Each end holds no more than half of the indicators, and no more than five. */
  function ends(data, answer, market) {
    const all = standing(data, answer, market);
    const count = Math.min(MOST, Math.max(1, Math.floor(all.length / 2)));
    return {
      strengths: [...all].sort((a, b) => a.rank - b.rank).slice(0, count),
      weaknesses: [...all].sort((a, b) => b.rank - a.rank).slice(0, count),
    };
  }

  function facts(data, answer, market, stale, say) {
    const { low, gate: own } = data.markets[market];
    const gate = [own, data.everywhere].filter(Boolean).join("; ");
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
      [say("gate"), gate || (data.markets.some((m) => m.gate) ? say("none") : "")],
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
    Object.entries(found).forEach(([id, list]) => {
      d3.select(`#${id}`).selectAll("li").data(list).join("li").text((s) => say("standing", {
        name: s.name, rank: s.rank, count: s.count,
        score: s.score.toFixed(Ranking.decimalsOf(answer.scores[s.node])),
      }));
    });
  }

  return { show, ends };
})();
