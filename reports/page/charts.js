// Draws the charts of the report from the inlined data. Plain browser JavaScript: no build, nothing fetched.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const style = () => getComputedStyle(document.documentElement);
  const colour = (name) => style().getPropertyValue(`--${name}`).trim();
  const dashes = [[], [8, 3], [2, 3], [10, 3, 2, 3], [5, 5], []];
  const ms = (value) =>
    value >= 1000
      ? `${+(value / 1000).toPrecision(3)} s`
      : value < 1
        ? `${Math.round(value * 1000)} µs`
        : `${+value.toPrecision(3)} ms`;
  const percent = (x) => `${+(100 * (1 - 1 / x)).toFixed(x >= 1e4 ? 4 : x >= 1e3 ? 2 : 1)} %`;
  const axis = () => ({
    stroke: colour('faint'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line') },
  });
  const line = (target, n, value) => ({
    label: target,
    stroke: colour(`s${n % 6}`),
    dash: dashes[n % 6],
    width: 2,
    points: { show: false },
    spanGaps: true,
    value,
  });

  /** Series with x values of their own, on one common x. */
  function join(series) {
    const x = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
    return [
      x,
      ...series.map(({ points }) => {
        const at = new Map(points);
        return x.map((value) => at.get(value) ?? null);
      }),
    ];
  }

  function curves({ series }, width) {
    const joined = join(series);
    return {
      options: {
        width,
        height: 300,
        cursor: { y: false },
        scales: { x: { time: false, distr: 3, range: (_, __, max) => [1, Math.max(max, 10)] }, y: { distr: 3 } },
        axes: [
          { ...axis(), values: (_, ticks) => ticks.map((x) => (Number.isInteger(Math.log10(x)) ? percent(x) : '')) },
          {
            ...axis(),
            size: 62,
            values: (_, ticks) =>
              ticks.map((y) => (y === null || !Number.isInteger(Math.round(Math.log10(y) * 1e9) / 1e9) ? '' : ms(y))),
          },
        ],
        series: [
          { label: 'percentile', value: (_, x) => (x === null ? '–' : percent(x)) },
          ...series.map(({ target }, n) => line(target, n, (_, y) => (y === null ? '–' : ms(y)))),
        ],
      },
      data: joined,
    };
  }

  function timeline({ x, series, faults }, width) {
    const shade = (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      for (const { from, to, label } of faults) {
        const [left, right] = [from, to].map((at) =>
          Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(at, 'x', true))),
        );
        ctx.fillStyle = colour('shade');
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
        ctx.fillStyle = colour('faint');
        ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
        ctx.fillText(label, left + 6 * devicePixelRatio, bbox.top + 15 * devicePixelRatio);
      }
      ctx.restore();
    };
    return {
      options: {
        width,
        height: 300,
        cursor: { y: false },
        scales: { x: { time: false }, y: { distr: 3 } },
        axes: [
          { ...axis(), values: (_, ticks) => ticks.map((at) => `${at} s`) },
          {
            ...axis(),
            size: 62,
            values: (_, ticks) =>
              ticks.map((y) => (y === null || !Number.isInteger(Math.round(Math.log10(y) * 1e9) / 1e9) ? '' : ms(y))),
          },
        ],
        series: [
          { label: 'time', value: (_, at) => (at === null ? '–' : `${at} s`) },
          ...series.map(({ target }, n) => line(target, n, (_, y) => (y === null ? '–' : ms(y)))),
        ],
        hooks: { drawClear: [shade] },
      },
      data: [x, ...series.map(({ p99Ms }) => p99Ms)],
    };
  }

  const kinds = { curves, timeline };
  function draw() {
    for (const element of document.querySelectorAll('.chart')) {
      const { condition, kind } = element.dataset;
      const { options, data: values } = kinds[kind](data[Number(condition)][kind], element.clientWidth);
      element.replaceChildren();
      if (values[0].length > 0) new uPlot(options, values, element);
    }
  }
  draw();
  let timer;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(draw, 150);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
