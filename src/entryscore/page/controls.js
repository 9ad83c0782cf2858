/* D3 5.7 has no selection.join yet (it came with 5.8): enter, update, remove in one word. */
(() => {
  const { prototype } = window.d3.selection;
  prototype.join = prototype.join || function join(enter) {
    const added = typeof enter === "function" ? enter(this.enter()) : this.enter().append(enter);
    this.exit().remove();
    return added.merge(this);
  };
})();

/* Weights: a slider and a number field per node, scenarios, reset. Needs Engine. */
const Controls = (() => {
  const { d3 } = window;
  const percent = (share) => (100 * share).toFixed(1).replace(/\.0$/, "");

  /* The command line that gives these weights: every part of each group that was changed. */
  function commandOf(nodes, weights, start) {
    const now = Engine.shares(nodes, weights);
    const then = Engine.shares(nodes, start);
    const words = [];
    Engine.children(nodes).forEach((kids) => {
      if (!kids.some((k) => Math.abs(now[k] - then[k]) > 1e-12)) return;
      kids.filter((k) => !nodes[k].empty).forEach((k) => {
        const word = `${nodes[k].code}=${Number(now[k].toPrecision(15))}`;
        words.push("--weight", /^[\w.=-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`);
      });
    });
    return words.join(" ");
  }

  function make(data, say, changed) {
    const { nodes } = data;
    const below = Engine.children(nodes);
    const start = nodes.map((node) => node.weight);
    const same = (a, b) => {
      const [x, y] = [Engine.shares(nodes, a), Engine.shares(nodes, b)];
      return x.every((share, i) => Math.abs(share - y[i]) < 1e-12);
    };
    let weights = [...start];
    let memory = [...start];
    const fields = new Map();

    const scenarios = data.scenarios.map((s) => ({ ...s, label: s.name }));
    const stored = scenarios.find((s) => same(s.weights, start));
    if (!stored) {
      scenarios.unshift({ weights: start, label: say("as_run", { scenario: data.run.scenario }) });
    }
    const chooser = d3.select("#scenario");
    chooser.selectAll("option").data([...scenarios, { label: say("by_hand") }]).join("option")
      .attr("value", (_, i) => i).text((s) => s.label);
    chooser.on("change", () => {
      const chosen = scenarios[chooser.property("value")];
      if (chosen) set([...chosen.weights]);
    });
    d3.select("#reset").on("click", () => set([...start]));

    function set(wanted) {
      weights = wanted;
      if (!Engine.weightless(nodes, weights).length) memory = [...weights];
      refresh();
      changed();
    }

    function move(node, share) {
      const siblings = below[nodes[node].parent].filter((k) => k !== node);
      if (siblings.some((k) => weights[k] > 0)) siblings.forEach((k) => { memory[k] = weights[k]; });
      weights = Engine.withShare(nodes, weights, memory, node, share);
      refresh();
      changed();
    }

    /* The field being typed in stays as typed until it is left. */
    function refresh() {
      const shares = Engine.shares(nodes, weights);
      const { effective } = Engine.weigh({ nodes, markets: [] }, weights);
      fields.forEach(({ range, number, note }, node) => {
        range.property("value", 100 * shares[node])
          .attr("aria-valuetext", `${percent(shares[node])}%`);
        if (number.node() !== document.activeElement) number.property("value", percent(shares[node]));
        note.text(say("of_score", { share: `${percent(effective[node])}%` }));
      });
      const at = scenarios.findIndex((s) => same(s.weights, weights));
      chooser.property("value", at < 0 ? scenarios.length : at);
      const command = commandOf(nodes, weights, start);
      d3.select("#command").text(command);
      d3.select("#again").property("hidden", !command || Engine.weightless(nodes, weights).length);
    }

    function row(list, node) {
      const { name, parent, empty } = nodes[node];
      const item = list.append("li").attr("class", "weight");
      item.append("label").attr("for", `r${node}`).text(name);
      const note = item.append("span").attr("class", "effective quiet").attr("id", `n${node}`);
      if (empty) {
        note.text(say("empty"));
        return item;
      }
      const bounds = (input) => input.attr("min", 0).attr("max", 100)
        .attr("data-code", nodes[node].code).attr("aria-describedby", `n${node} help`);
      const range = bounds(item.append("input").attr("type", "range").attr("id", `r${node}`))
        .attr("step", 1);
      const box = item.append("span").attr("class", "percent");
      const number = bounds(box.append("input").attr("type", "number")).attr("step", "any")
        .attr("aria-label", say("share_of", { name, parent: nodes[parent].name }));
      box.append("span").attr("aria-hidden", "true").text("%");
      range.on("input", () => move(node, range.property("valueAsNumber") / 100));
      number.on("input", () => {
        const typed = number.property("valueAsNumber");
        if (typed >= 0 && typed <= 100) move(node, typed / 100);
      });
      number.on("blur", refresh);
      fields.set(node, { range, number, note });
      return item;
    }

    function branch(holder, node) {
      const list = holder.append("ul").attr("aria-label", say("parts_of", nodes[node]));
      below[node].forEach((kid) => {
        const item = row(list, kid);
        if (!below[kid].length || nodes[kid].empty) return;
        const more = item.append("details");
        more.append("summary").text(say("parts_of", nodes[kid]));
        branch(more, kid);
      });
    }

    if (data.static) {
      d3.select("#fixed").property("hidden", false).text(say("static", { reason: data.static }));
      d3.selectAll("#weights .row, #help").property("hidden", true);
    } else {
      branch(d3.select("#sliders"), 0);
    }
    refresh();
    return { weights: () => weights, isChanged: () => !same(weights, start) };
  }

  return { make, percent };
})();
