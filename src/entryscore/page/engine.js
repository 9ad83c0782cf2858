"use strict";
/* The index in the browser: shares, aggregation, coverage, ranks. No page, only numbers.
   Mirrors aggregation.py, rounding.py and pipeline.py; a missing score is NaN, a missing rank null.

   An index is {nodes, markets, settings}: nodes[0] is the index, children stand behind their
   parents, `leaf` is an indicator's column in a market's `values`, or -1. */
const Engine = (() => {
  const TOLERANCE = 1e-9;
  const DECIMALS = 10;

  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const children = (nodes) => {
    const found = nodes.map(() => []);
    nodes.forEach((node, i) => node.parent >= 0 && found[node.parent].push(i));
    return found;
  };

  /* Half away from zero, on the 15 digits Excel shows. */
  function round(value, decimals) {
    if (Number.isNaN(value) || Math.abs(value) >= 2 ** 52) return value;
    const size = 10 ** decimals;
    return (Math.sign(value) * Math.floor(Math.abs(value) * size * (1 + 1e-15) + 0.5)) / size + 0;
  }

  /* Each takes the scores x and weights w > 0 of what is present: never empty. */
  const MEANS = {
    arithmetic: (x, w) => sum(x.map((v, k) => v * w[k])) / sum(w),
    geometric: (x, w) => Math.exp(sum(x.map((v, k) => Math.log(v) * w[k])) / sum(w)),
    harmonic: (x, w) => MEANS.power(x, w, -1),
    power(x, w, p) {
      if (p === 1) return MEANS.arithmetic(x, w);
      if (Math.abs(p) < TOLERANCE) return MEANS.geometric(x, w);
      if (x.some((v) => v < 0)) return NaN;
      const unit = p > 0 ? Math.max(...x) : Math.min(...x); // so that no power overflows
      if (unit === 0) return 0;
      return unit * (sum(x.map((v, k) => w[k] * (v / unit) ** p)) / sum(w)) ** (1 / p);
    },
    minimum: (x) => Math.min(...x),
    median(x, w) {
      const order = x.map((_, k) => k).sort((a, b) => x[a] - x[b] || a - b);
      const whole = sum(order.map((k) => w[k]));
      let below = 0;
      let low = null;
      for (const k of order) {
        below += w[k];
        if (low === null && below / whole >= 0.5 - TOLERANCE) low = x[k];
        if (below / whole > 0.5 + TOLERANCE) return (low + x[k]) / 2;
      }
      return NaN;
    },
  };

  /* Outranking: won less lost comparisons, over the children both markets have. */
  function copeland(columns, weights, eligible) {
    const x = columns.map((column) => column.map((v) => round(v, DECIMALS)));
    const points = eligible.map((is) => (is ? 0 : NaN));
    for (let i = 0; i < eligible.length; i += 1) {
      for (let j = 0; eligible[i] && j < i; j += 1) {
        if (!eligible[j]) continue;
        let lead = 0;
        let shared = 0;
        for (let k = 0; k < weights.length; k += 1) {
          if (!(weights[k] > 0) || Number.isNaN(x[k][i]) || Number.isNaN(x[k][j])) continue;
          shared += weights[k];
          lead += weights[k] * Math.sign(x[k][i] - x[k][j]);
        }
        const outcome = shared > 0 ? lead / (2 * shared) : 0;
        const sign = outcome > TOLERANCE ? 1 : outcome < -TOLERANCE ? -1 : 0;
        points[i] += sign;
        points[j] -= sign;
      }
    }
    return points;
  }

  /* One node: its markets' scores from its children's columns. */
  function aggregate(name, columns, weights, settings) {
    const whole = sum(weights);
    const markets = columns[0].map((_, i) => i);
    const parts = markets.map((i) => {
      const used = weights.map((w, k) => (Number.isNaN(columns[k][i]) ? 0 : w));
      const coverage = whole > 0 ? sum(used) / whole : 0;
      const complete = !weights.some((w, k) => w > 0 && Number.isNaN(columns[k][i]));
      const needed = settings.missing === "reweight" ? settings.min_coverage - TOLERANCE : 0;
      const enough = coverage > 0 && coverage >= needed;
      return { used, complete, eligible: enough && (complete || settings.missing !== "exclude") };
    });
    const mean = MEANS[name];
    const scores = name === "copeland"
      ? copeland(columns, weights, parts.map((part) => part.eligible))
      : markets.map((i) => {
        if (!parts[i].eligible) return NaN;
        const at = weights.map((_, k) => k).filter((k) => parts[i].used[k] > 0);
        return mean(at.map((k) => columns[k][i]), at.map((k) => weights[k]), settings.power);
      });
    if (settings.missing !== "zero") return scores;
    return scores.map((score, i) => (parts[i].complete || whole === 0 ? score : 0));
  }

  /* Missing scores take the mean of their group's own. */
  function fill(scores, groups) {
    const own = new Map();
    scores.forEach((score, i) => {
      if (groups[i] < 0 || Number.isNaN(score)) return;
      own.set(groups[i], [...(own.get(groups[i]) || []), score]);
    });
    return scores.map((score, i) => {
      const there = own.get(groups[i]);
      return Number.isNaN(score) && there ? sum(there) / there.length : score;
    });
  }

  /* The highest first; equal values share the best rank. */
  function ranks(scores, ranked, decimals) {
    const rounded = scores.map((score) => round(score, decimals));
    const ordered = rounded.filter((_, i) => ranked[i]).sort((a, b) => b - a);
    const first = new Map();
    ordered.forEach((score, place) => first.has(score) || first.set(score, place + 1));
    return rounded.map((score, i) => (ranked[i] ? first.get(score) : null));
  }

  function shares(nodes, weights) {
    const below = children(nodes);
    const found = nodes.map((_, i) => (i === 0 ? 1 : 0));
    below.forEach((kids) => {
      const total = sum(kids.map((k) => weights[k]));
      kids.forEach((k) => { found[k] = total > 0 ? weights[k] / total : 0; });
    });
    return found;
  }

  /* Weights in which the node has this share and its siblings keep their proportions: those of
     `memory` where they have none left. Without any, weights as they are but for the node's. */
  function withShare(nodes, weights, memory, node, share) {
    const siblings = nodes.map((_, i) => i)
      .filter((i) => i !== node && nodes[i].parent === nodes[node].parent && !nodes[i].empty);
    const source = siblings.some((i) => weights[i] > 0) ? weights : memory;
    const total = sum(siblings.map((i) => source[i]));
    const changed = [...weights];
    changed[node] = share;
    if (total > 0) siblings.forEach((i) => { changed[i] = ((1 - share) * source[i]) / total; });
    return changed;
  }

  /* Nodes whose children all weigh nothing, so that there is no score. */
  const weightless = (nodes, weights) => children(nodes).map((kids, i) => [kids, i])
    .filter(([kids, i]) => kids.length && !nodes[i].empty && !kids.some((k) => weights[k] > 0))
    .map(([, i]) => i);

  /* What follows from weights alone: shares, effective weights, coverage by market. */
  function weigh({ nodes, markets }, weights) {
    const share = shares(nodes, weights);
    const effective = [...share];
    nodes.forEach((node, i) => { if (i) effective[i] *= effective[node.parent]; });
    const leaves = nodes.map((_, i) => i).filter((i) => nodes[i].leaf >= 0);
    const whole = sum(leaves.map((i) => effective[i]));
    const coverage = markets.map((market) => (whole > 0
      ? sum(leaves.map((i) => effective[i] * (market.observed[nodes[i].leaf] === "1"))) / whole
      : NaN));
    return { shares: share, effective, coverage, weightless: weightless(nodes, weights) };
  }

  /* (nodes × markets) from the bottom up, and which were filled from the group; no score at all
     where a node has no weights. */
  function scoresOf({ nodes, markets, settings }, weights) {
    const below = children(nodes);
    const none = weightless(nodes, weights).length > 0;
    const scores = nodes.map((node) => markets.map((market) => {
      const value = node.leaf < 0 ? null : market.values[node.leaf];
      return value === null ? NaN : value;
    }));
    const filled = nodes.map(() => null);
    for (let i = nodes.length - 1; i >= 0; i -= 1) {
      if (none || nodes[i].leaf >= 0 || !below[i].length) continue;
      const columns = below[i].map((k) => scores[k]);
      const found = aggregate(nodes[i].aggregation, columns, below[i].map((k) => weights[k]), settings);
      scores[i] = i && settings.group_fill ? fill(found, markets.map((m) => m.group)) : found;
      filled[i] = found.map((v, m) => Number.isNaN(v) && !Number.isNaN(scores[i][m]));
    }
    return { scores, filled };
  }

  /* Each node's weight in one market's score, over what it has: contribution.py, spread_weights. */
  function spread({ nodes, settings }, { scores, filled, shares: share }, market) {
    const there = (k) => !Number.isNaN(scores[k][market]);
    const found = nodes.map((_, i) => (i === 0 && there(0) ? 1 : 0));
    children(nodes).forEach((kids, i) => {
      const whole = sum(kids.filter(there).map((k) => share[k]));
      const none = filled[i] && (filled[i][market]
        || (settings.missing === "zero" && kids.some((k) => share[k] > 0 && !there(k))));
      kids.forEach((k) => {
        found[k] = whole > 0 && there(k) && !none ? found[i] * share[k] / whole : 0;
      });
    });
    return found;
  }

  /* scores by node and market, ranks and ranked by market, and what `weigh` gives. */
  function run(index, weights) {
    const { markets, settings } = index;
    const weighed = weigh(index, weights);
    const { scores, filled } = scoresOf(index, weights);
    const ranked = markets.map((market, i) => !market.dropped && !Number.isNaN(scores[0][i])
      && weighed.coverage[i] >= settings.min_total_coverage - TOLERANCE);
    return { ...weighed, scores, filled, ranked, ranks: ranks(scores[0], ranked, settings.decimals) };
  }

  return { run, weigh, spread, round, shares, withShare, weightless, children };
})();
