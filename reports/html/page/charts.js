// Draws the charts of the report from the inlined data. Plain browser JavaScript: no build, nothing fetched.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const seriesColours = 6;

  // Told apart without colour, too: no line's pattern repeats, whatever its place in the row of dots (.) and dashes (-)
  // is taken to begin.
  const patterns = ' - . -. --. -.. ---. --.. -... ----. ---.. --.-. --... -.-.. -....'.split(' ');
  const strokes = { '-': [10, 4], '.': [2, 4] };
  const dashes = patterns.map((pattern) => [...pattern].flatMap((stroke) => strokes[stroke]));

  const milliseconds = (value) =>
    value == null
      ? '–'
      : value >= 1000
        ? `${+(value / 1000).toPrecision(3)} s`
        : value < 1
          ? `${Math.round(value * 1000)} µs`
          : `${+value.toPrecision(3)} ms`;
  const perSecond = (value) => (value == null ? '–' : `${Math.round(value).toLocaleString('en-GB')}/s`);
  const count = (value) => (value == null ? '–' : Math.round(value).toLocaleString('en-GB'));
  const percent = (x) => `${+(100 * (1 - 1 / x)).toFixed(Math.max(0, Math.ceil(Math.log10(x)) - 1))} %`;

  const power = (value) => 10 ** Math.floor(Math.log10(value) + 1e-9);

  /** Labels of a logarithmic axis: the decades; over few of them their 2 and 5, too; within one, every line. */
  function logLabels(format) {
    return (_plot, ticks) => {
      const shown = ticks.filter((tick) => tick != null);
      const few = shown.length > 0 && Math.log10(shown.at(-1) / shown[0]) < 2.2;
      return ticks.map((tick) => {
        if (tick == null || tick <= 0) return '';
        const digit = Math.round(tick / power(tick));
        return shown.length <= 7 || digit === 1 || (few && (digit === 2 || digit === 5)) ? format(tick) : '';
      });
    };
  }

  const axis = (more) => ({
    stroke: colour('faint'),
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
    gap: 6,
    ...more,
  });
  const line = (label, n, format, more) => ({
    label,
    stroke: colour(`s${n % seriesColours}`),
    dash: dashes[n % dashes.length],
    width: 2,
    points: { show: true, size: 5, filter: alone },
    spanGaps: false,
    value: (_plot, y) => format(y),
    ...more,
  });

  /** What has no neighbour to draw a line to is drawn as a point. */
  function alone(plot, series) {
    const values = plot.data[series].flatMap((value, at) => (value === undefined ? [] : [[at, value]]));
    const has = (n) => values[n] !== undefined && values[n][1] !== null;
    return values.flatMap(([at], n) => (has(n) && !has(n - 1) && !has(n + 1) ? [at] : []));
  }

  /** The legend's markers as the lines are drawn. */
  function drawMarkers(plot) {
    plot.root.querySelectorAll('.u-legend .u-marker').forEach((marker, n) => {
      const { stroke, dash } = plot.series[n];
      if (n === 0 || typeof stroke !== 'function') return;
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      svg.setAttribute('class', 'marker');
      const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      drawn.setAttribute('d', 'M0 3H40');
      drawn.setAttribute('stroke', stroke(plot, n));
      drawn.setAttribute('stroke-width', '2.5');
      drawn.setAttribute('stroke-dasharray', (dash ?? []).join(' '));
      svg.append(drawn);
      marker.replaceWith(svg);
    });
  }

  /** Series with x values of their own on one common x: undefined where another one's lies, null where there is nothing. */
  function join(all) {
    const x = [...new Set(all.flatMap(([xs]) => xs))].sort((a, b) => a - b);
    const columns = all.map(([xs, ys]) => {
      const at = new Map(xs.map((value, n) => [value, ys[n]]));
      return x.map((value) => at.get(value));
    });
    return [x, ...columns];
  }

  /** A logarithmic scale from one round value to another: whole decades would waste half the chart. */
  const logRange = (_plot, low, high) => {
    if (low == null) return [1, 10];
    const [from, to] = [power(low), power(high)];
    const top = Math.ceil(high / to + 0.05) * to;
    return [Math.floor(low / from) * from, top <= low ? low * 2 : top];
  };
  const zeroRange = (_plot, _low, high) => [0, Math.max(1, high * 1.08)];

  /** Hovered, every line tells its value: its own nearest point, as their x values differ. */
  function nearest(plot, series, hovered, x) {
    const [xs, ys] = [plot.data[0], plot.data[series]];
    if (series === 0 || ys[hovered] !== undefined) return hovered;
    for (let away = 1; away < xs.length; away++) {
      const near = [hovered - away, hovered + away].filter((at) => ys[at] !== undefined && xs[at] !== undefined);
      if (near.length > 0) return near.sort((a, b) => Math.abs(xs[a] - x) - Math.abs(xs[b] - x))[0];
    }
    return hovered;
  }

  const base = (width, height, { hooks, ...more }) => ({
    width,
    height,
    cursor: { y: false, points: { size: 6 }, dataIdx: nearest },
    hooks: { ...hooks, ready: [drawMarkers] },
    padding: [8, 14, 0, 0],
    ...more,
  });

  /** The charts can be zoomed by dragging, and back by a double click; `from`: where the percentiles begin. */
  function curves({ curves: all }, width, from = 1) {
    const options = base(width, 320, {
      scales: {
        x: { time: false, distr: 3, range: (_plot, low, high) => zoomed(all, from, low, high) },
        y: { distr: 3, range: logRange },
      },
      axes: [
        axis({
          size: 32,
          values: (_plot, ticks) => ticks.map((x) => (Number.isInteger(Math.log10(x)) ? percent(x) : '')),
        }),
        axis({ size: 58, values: logLabels(milliseconds) }),
      ],
      series: [
        { label: 'percentile', value: (_plot, x) => (x == null ? '–' : percent(x)) },
        ...all.map(({ label }, n) => line(label, n, milliseconds)),
      ],
    });
    return { options, columns: join(all.map(({ points }) => [points.map(([x]) => x), points.map(([, y]) => y)])) };
  }

  const tails = { all: 1, 'from 90 %': 10, 'from 99 %': 100 };

  function zoomed(all, from, low, high) {
    const ends = all.flatMap(({ points }) => (points.length === 0 ? [] : [points[0][0], points.at(-1)[0]]));
    const whole = low == null || (low <= Math.min(...ends) && high >= Math.max(...ends));
    return whole ? [from, Math.max(high ?? 10, from * 100)] : [low, high];
  }

  /** When each was in its usual range again: a dashed line down in its colour, labelled where there is one only. */
  function recoveryMarks(plot, marks) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    for (const { atSeconds, stroke } of marks) {
      if (atSeconds === null) continue;
      const x = plot.valToPos(atSeconds, 'x', true);
      ctx.strokeStyle = stroke;
      ctx.lineWidth = 1.5 * ratio;
      ctx.setLineDash([3 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      if (marks.length > 1) continue;
      ctx.fillStyle = colour('faint');
      ctx.font = `${11 * ratio}px system-ui, sans-serif`;
      ctx.textAlign = 'left';
      ctx.fillText('as usual', x + 5 * ratio, bbox.top + 24 * ratio);
    }
  }

  const breakerColours = { open: 'bad', halfOpen: 'doubt', closed: 'good' };

  /** The breaker's changes along the upper edge: down when it opens, up when it closes, a dot for its probes. */
  function breakerMarks(plot, changes) {
    const { ctx, bbox } = plot;
    const size = 5 * devicePixelRatio;
    const top = bbox.top + size;
    for (const { atSeconds, state } of changes) {
      const x = plot.valToPos(atSeconds, 'x', true);
      ctx.fillStyle = colour(breakerColours[state]);
      ctx.beginPath();
      if (state === 'halfOpen') ctx.arc(x, top, size / 1.6, 0, 2 * Math.PI);
      else {
        const tip = state === 'open' ? size : -size;
        ctx.moveTo(x - size, top - tip);
        ctx.lineTo(x + size, top - tip);
        ctx.lineTo(x, top + tip);
      }
      ctx.fill();
    }
  }

  /** Fault windows behind the lines, each label once. */
  function shading(faults, marks, breaker) {
    return (plot) => {
      const { ctx, bbox } = plot;
      const ratio = devicePixelRatio;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      for (const { fromSeconds, toSeconds, label } of faults) {
        const left = plot.valToPos(fromSeconds, 'x', true);
        const right = plot.valToPos(toSeconds, 'x', true);
        ctx.fillStyle = colour('shade');
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
        ctx.fillStyle = colour('shade-edge');
        ctx.fillRect(left, bbox.top, ratio, bbox.height);
        ctx.fillRect(right, bbox.top, ratio, bbox.height);
        ctx.fillStyle = colour('faint');
        ctx.font = `${11 * ratio}px system-ui, sans-serif`;
        ctx.fillText(label, left + 6 * ratio, bbox.top + bbox.height - 7 * ratio);
      }
      const start = plot.valToPos(0, 'x', true);
      if (start > bbox.left + ratio) {
        ctx.fillStyle = colour('line');
        ctx.fillRect(start, bbox.top, ratio, bbox.height);
        ctx.fillStyle = colour('faint');
        ctx.textAlign = 'right';
        ctx.font = `${11 * ratio}px system-ui, sans-serif`;
        ctx.fillText('warm-up', start - 6 * ratio, bbox.top + bbox.height - 7 * ratio);
      }
      recoveryMarks(plot, marks);
      breakerMarks(plot, breaker);
      ctx.restore();
    };
  }

  function overTime(width, height, trial, marks, isLatency, series, format = isLatency ? milliseconds : perSecond) {
    return base(width, height, {
      scales: { x: { time: false }, y: isLatency ? { distr: 3, range: logRange } : { range: zeroRange } },
      axes: [
        axis({ size: 32, values: (_plot, ticks) => ticks.map((at) => `${at} s`) }),
        axis({ size: 58, values: isLatency ? logLabels(format) : (_plot, ticks) => ticks.map(format) }),
      ],
      series: [{ label: 'time', value: (_plot, at) => (at == null ? '–' : `${at} s`) }, ...series(format)],
      hooks: { drawClear: [shading(trial?.faults ?? [], marks, trial?.breaker ?? [])] },
    });
  }

  const figures = { p99: 'p99Ms', p90: 'p90Ms', p50: 'p50Ms', 'ok/s': 'okPerSecond', 'not ok/s': 'notOkPerSecond' };

  function timeline({ timelines }, width, figure) {
    const trials = timelines.map((id) => data.trials[id]);
    const key = figures[figure];
    const marks = trials.map(({ recoveredSeconds }, n) => ({
      atSeconds: recoveredSeconds,
      stroke: colour(`s${n % seriesColours}`),
    }));
    // Whose breaker it was could not be told apart here: it is drawn with its own trial.
    const options = overTime(width, 320, { faults: trials[0]?.faults }, marks, key.endsWith('Ms'), (format) =>
      trials.map(({ label }, n) => line(label, n, format)),
    );
    return { options, columns: join(trials.map((trial) => [trial.seconds, trial[key]])) };
  }

  const ownMark = ({ recoveredSeconds }) => [{ atSeconds: recoveredSeconds, stroke: colour('ink') }];

  function trialLatency(trial, width) {
    const options = overTime(width, 220, trial, ownMark(trial), true, (format) => [
      line('p50', 0, format),
      line('p90', 2, format),
      line('p99', 1, format),
    ]);
    return { options, columns: [trial.seconds, trial.p50Ms, trial.p90Ms, trial.p99Ms] };
  }

  function trialRate(trial, width) {
    const options = overTime(width, 220, trial, ownMark(trial), false, (format) => [
      line('ok', 2, format, { dash: [] }),
      line('not ok', 1, format, { fill: colour('shade') }),
    ]);
    return { options, columns: [trial.seconds, trial.okPerSecond, trial.notOkPerSecond] };
  }

  function trialBacklog({ backlog, faults }, width) {
    const series = (format) => [line('messages', 4, format, { dash: [], fill: colour('shade') })];
    const options = overTime(width, 220, { faults }, [], false, series, count);
    return { options, columns: [backlog.seconds, backlog.messages] };
  }

  function trialWatch({ watch, faults }, width, n) {
    const { label, values } = watch.series[n];
    const figure = (value) => (value == null ? '–' : Number(value.toPrecision(4)).toLocaleString('en-GB'));
    const series = (format) => [line(label, 4, format, { dash: [] })];
    const options = overTime(width, 180, { faults }, [], false, series, figure);
    return { options, columns: [watch.seconds, values] };
  }

  function chosen(element, what) {
    const choice = element.closest('figure').querySelector(`.choice[aria-label="${what}"]`);
    return choice?.querySelector('[aria-pressed="true"]')?.textContent;
  }

  function chartOf(element) {
    const { condition, trial, kind } = element.dataset;
    const width = element.clientWidth;
    if (kind === 'trialLatency') return trialLatency(data.trials[trial], width);
    if (kind === 'trialBacklog') return trialBacklog(data.trials[trial], width);
    if (kind === 'trialWatch') return trialWatch(data.trials[trial], width, Number(element.dataset.series));
    if (kind === 'trialRate') return trialRate(data.trials[trial], width);
    const of = data.conditions[Number(condition)];
    if (kind === 'timeline') return timeline(of, width, chosen(element, 'Figure'));
    const phase = of.phases.find((one) => one.phase === chosen(element, 'Phase')) ?? of.phases[0];
    return curves(phase, width, tails[chosen(element, 'Part')]);
  }

  function draw(element) {
    if (element.closest('details:not([open])') !== null) return; // nobody sees it, and a browser may give it a width
    element.plot?.destroy();
    element.plot = undefined;
    const { options, columns } = chartOf(element);
    const isEmpty = columns.slice(1).every((column) => column.every((value) => value === null));
    element.textContent = isEmpty ? 'Nothing was measured.' : '';
    if (!isEmpty) element.plot = new uPlot(options, columns, element);
  }

  // What is far down the page is drawn when it comes near: hundreds of trials would hold up the first one.
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: '600px' },
  );

  function drawAll() {
    for (const element of document.querySelectorAll('.chart')) {
      element.plot?.destroy();
      element.plot = undefined;
      near.unobserve(element);
      near.observe(element);
    }
  }

  for (const button of document.querySelectorAll('.choice button')) {
    button.addEventListener('click', () => {
      for (const other of button.parentElement.children) other.setAttribute('aria-pressed', String(other === button));
      draw(button.closest('figure').querySelector('.chart'));
    });
  }
  for (const details of document.querySelectorAll('details.trial')) {
    details.addEventListener('toggle', () => details.querySelectorAll('.chart').forEach(draw));
  }
  let timer;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(drawAll, 150);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  // Paper is light, whatever the screen is.
  addEventListener('beforeprint', () => {
    document.documentElement.classList.add('print');
    document.querySelectorAll('.chart').forEach(draw);
  });
  addEventListener('afterprint', () => {
    document.documentElement.classList.remove('print');
    drawAll();
  });
  drawAll();
})();
