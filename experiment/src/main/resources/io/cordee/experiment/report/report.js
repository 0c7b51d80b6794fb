// The curves of the report, and what is chosen of them.
(() => {
  const byId = id => document.getElementById(id);

  let data, groups, measures;
  const titles = {rounds: 'Rounds', rows: 'Rows seen', seconds: 'Seconds', bytes: 'Bytes on the wire'};
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2]];
  const kinds = {loss: 'loss', test_error: 'share'};
  // Beside the training loss, it shows overfitting.
  const heldOf = group => ['validation_loss', 'test_loss'].find(key => group.curves[key]);
  const curveOf = (group, key) => key === 'held' ? group.curves[heldOf(group)] || {r: []} : group.curves[key === 'test_error' ? 'test_accuracy' : key] || {r: []};
  // The labels of groups that a click has hidden.
  const hidden = new Set();
  const state = {scale: '', measure: ''};
  const isFound = group => [group.label, group.about, ...Object.values(group.settings)].join(' ').toLowerCase()
      .includes(byId('search').value.trim().toLowerCase());
  const isHidden = group => hidden.has(group.label) || !isFound(group);
  const color = index => getComputedStyle(document.documentElement).getPropertyValue('--c' + index).trim();
  const variable = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Where the points of a curve stand on the scale that is chosen.
  const places = (group, curve) => state.scale === 'rows' ? curve.r.map(r => r * group.rows)
      : state.scale === 'bytes' ? curve.r.map(r => group.bytes[0] + r * group.bytes[1])
      : state.scale === 'seconds' ? curve.s : curve.r;
  // A moving average with exponential weights, without bias at its beginning.
  const smoothed = values => {
    const keep = Number(byId('smoothing').value);
    let sum = 0, weight = 0;
    return values.map(v => {
      sum = keep * sum + (1 - keep) * v;
      weight = keep * weight + 1 - keep;
      return sum / weight;
    });
  };

  // One table for all curves: their points seldom stand at the same places.
  const aligned = (keys, isLogX, isLogY) => {
    const tables = [[[0]]];
    const shown = [];
    keys.forEach(key => groups.forEach((group, index) => {
      const isError = key === 'test_error';
      const curve = curveOf(group, key);
      if (isHidden(group) || !curve.r.length) return;
      const x = places(group, curve);
      const value = v => isError ? 1 - v : v;
      let keep = x.map((v, i) => i).filter(i => (!isLogX || x[i] > 0) && (!isLogY || value(curve.m[i]) > 0));
      // Two points at one place: the later one counts.
      keep = keep.filter((at, i) => i + 1 === keep.length || x[keep[i + 1]] > x[at]);
      if (!keep.length) return;
      const columns = [keep.map(i => x[i]), smoothed(keep.map(i => value(curve.m[i])))];
      if (curve.lo && key === keys[0]) {
        const floor = isLogY ? Math.min(...[...columns[1], ...curve.lo.map(value), ...curve.hi.map(value)].filter(v => v > 0)) / 2 : -Infinity;
        const ends = [curve.hi, curve.lo].map(side => keep.map(i => Math.max(floor, value(side[i]))));
        columns.push(...(isError ? ends.reverse() : ends));
      }
      tables.push(columns);
      shown.push({index, group, key, hasBand: columns.length > 2, points: columns});
    }));
    tables.shift();
    return {shown, table: tables.length ? uPlot.join(tables) : [[]]};
  };

  // With room above and below, so that no line is cut in half; marks end at 0 and 1.
  const accuracyRange = (low, high) => {
    const pad = Math.max(1e-3, (high - low) * .04);
    return [low - pad, high + pad];
  };
  // Room for the longest label of the y axis.
  const labelWidth = (plot, labels, index) => {
    const axis = plot.axes[index];
    plot.ctx.save();
    plot.ctx.font = axis.font[0];
    const widest = Math.max(0, ...(labels || []).map(label => plot.ctx.measureText(label).width)) / devicePixelRatio;
    plot.ctx.restore();
    return Math.max(44, Math.ceil(widest) + axis.gap + axis.ticks.size + 1);
  };
  // Of curves that lie on each other, each is drawn where the others leave a gap.
  const turns = shown => {
    const together = new Map();
    shown.forEach(({points}, i) => {
      const key = JSON.stringify(points.slice(0, 2));
      together.set(key, [...(together.get(key) || []), i]);
    });
    const dashes = new Map();
    together.forEach(those => {
      if (those.length > 1) those.forEach((i, turn) => dashes.set(i, [0, 8 * turn, 8, 8 * (those.length - 1 - turn)]));
    });
    return dashes;
  };

  // Where the best weights of a single run are.
  const markBest = (u, shown) => {
    if (groups.length > 1 || !shown.length || groups[0].best.length !== 1) return;
    const curve = groups[0].curves.loss;
    const at = curve.r.findIndex(r => r >= groups[0].best[0]);
    if (at < 0) return;
    const x = u.valToPos(state.scale === 'rounds' ? groups[0].best[0] : places(groups[0], curve)[at], 'x', true);
    const {ctx, bbox} = u;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = variable('--soft');
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = 12 * devicePixelRatio + 'px system-ui, sans-serif';
    const isRight = x > bbox.left + bbox.width / 2;
    ctx.textAlign = isRight ? 'right' : 'left';
    ctx.fillText('best', x + (isRight ? -6 : 6) * devicePixelRatio, bbox.top + 14 * devicePixelRatio);
    ctx.restore();
  };

  // What a prediction that reads no features comes to, of a single run.
  const baselineOf = key => {
    const found = groups.length === 1 ? groups[0].baseline[key === 'test_error' ? 'test_accuracy' : key] : undefined;
    return key === 'test_error' && found !== undefined ? 1 - found : found;
  };
  const markBaseline = (u, at) => {
    const {ctx, bbox} = u;
    const y = u.valToPos(at, 'y', true);
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = variable('--soft');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = 12 * devicePixelRatio + 'px system-ui, sans-serif';
    ctx.textAlign = 'right';
    const isLow = y > bbox.top + bbox.height / 2;
    ctx.fillText('baseline', bbox.left + bbox.width - 6 * devicePixelRatio, y + (isLow ? -5 : 15) * devicePixelRatio);
    ctx.restore();
  };

  // What uPlot has of its own for losses ends at 1e-14.
  const exponent = v => Math.floor(Math.log10(v));
  const beside = (v, round) => Number(round(v / 10 ** exponent(v)) + 'e' + exponent(v));
  const byRatio = {
    distr: 3,
    range: (u, low, high) => low < high ? [beside(low, Math.floor), beside(high, Math.ceil)] : [(low ?? 1) / 10, (high ?? 1) * 10],
  };
  const marks = (u, axis, low, high) => {
    const found = [];
    const digits = exponent(high) - exponent(low) > 12 ? 1 : 9;
    for (let power = exponent(low); power <= exponent(high); power++) {
      for (let digit = 1; digit <= digits; digit++) found.push(Number(digit + 'e' + power));
    }
    return found.filter(v => v >= low && v <= high);
  };

  const plots = [];
  const draw = (id, key, isLogY) => {
    const place = byId(id);
    const isLogX = byId('log-x').checked;
    const {shown, table} = aligned(id === 'loss' ? [key, 'held'] : [key], isLogX, isLogY);
    if (!shown.length) { make('p', 'Nothing to show.', place).className = 'hint'; return; }
    const series = [{}], bands = [];
    const order = [];
    const byTurns = turns(shown);
    shown.forEach(({index, group, key: its, hasBand}, i) => {
      const isHeld = its !== key;
      const stroke = color(isHeld && groups.length === 1 ? 1 : group.color);
      order.push({index, series: series.length, isHeld});
      const sparse = curveOf(group, its).r.length < 3;
      series.push({label: group.label, stroke, width: isHeld ? 1.5 : 2, dash: byTurns.get(i) || (isHeld ? [4, 4] : dashes[group.dash]), spanGaps: true, points: {show: sparse, size: 6}});
      if (hasBand) {
        const side = {stroke: 'transparent', width: 0, spanGaps: true, points: {show: false}};
        bands.push({series: [series.length, series.length + 1], fill: stroke + '22'});
        series.push({...side}, {...side});
      }
    });
    const axis = {stroke: variable('--soft'), grid: {stroke: variable('--grid'), width: 1}, ticks: {stroke: variable('--grid'), width: 1},
      font: '12px system-ui, sans-serif', labelFont: '12px system-ui, sans-serif'};
    const isAccuracy = kinds[key] === 'share' && !isLogY;
    const baseline = id === 'loss' ? undefined : baselineOf(key);
    const within = range => (u, low, high) => baseline === undefined || isLogY && baseline <= 0 ? range(u, low, high)
        : range(u, Math.min(low ?? baseline, baseline), Math.max(high ?? baseline, baseline));
    const y = isLogY ? {...byRatio, range: within(byRatio.range)}
        : isAccuracy ? {range: within((u, low, high) => accuracyRange(low ?? 0, high ?? 1))}
        : baseline === undefined ? {} : {range: within((u, low, high) => uPlot.rangeNum(low, high, .1, true))};
    const isMark = v => v !== null && !(isAccuracy && (v < 0 || v > 1));
    const plot = new uPlot({
      width: Math.max(240, place.clientWidth), height: 340, series, bands,
      legend: {show: false},
      focus: {alpha: .18},
      cursor: {focus: {prox: 24}, points: {show: false}, y: false, sync: {key: 'x', scales: ['x', null]}, drag: {x: true, y: false}},
      scales: {x: {time: false, distr: isLogX ? 3 : 1}, y},
      axes: [
        {...axis, label: titles[state.scale], labelSize: 22, size: 34, space: 60, values: (u, splits, index, space, apart) => splits.map(v => v === null ? '' : onX(state.scale, v, isLogX ? v : apart))},
        {...axis, size: labelWidth, ...(isLogY && {splits: marks}), values: (u, splits, index, space, apart) => splits.map(v => isMark(v) ? onY(v, isLogY ? v : apart) : '')},
      ],
      hooks: {setCursor: [u => read(id, u, order)], draw: [u => markBest(u, shown), u => { if (baseline !== undefined) markBaseline(u, baseline); }]},
    }, table, place);
    plots.push({id, plot, order, series, bands});
    read(id, plot, order);
  };

  // A chart as a drawing: the curves as they are shown, and their names.
  const drawing = ({id, plot, order, series, bands}) => {
    const add = (parent, tag, attributes, text = '') => {
      const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
      Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
      element.textContent = text;
      parent?.append(element);
      return element;
    };
    const title = id === 'loss' ? byId('loss-title').textContent : byId('measure').selectedOptions[0].text;
    const [left, across, down] = ['left', 'width', 'height'].map(side => plot.bbox[side] / devicePixelRatio);
    const top = 40;
    const round = v => Math.round(v * 10) / 10;
    const atX = v => round(left + plot.valToPos(v, 'x')), atY = v => round(top + plot.valToPos(v, 'y'));
    const names = order.filter(({isHeld}) => !isHeld);
    const width = left + across + 72 + 7 * Math.max(...names.map(({index}) => groups[index].label.length));
    const height = Math.max(top + down + 48, top + 18 * names.length + 12);
    const svg = add(null, 'svg', {width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': 'DejaVu Sans, Verdana, sans-serif', 'font-size': 11, fill: variable('--soft')});
    add(svg, 'rect', {width, height, fill: variable('--card')});
    add(svg, 'text', {x: 12, y: 26, 'font-size': 14, 'font-weight': 'bold', fill: variable('--ink')}, title);
    add(add(svg, 'clipPath', {id: 'frame'}), 'rect', {x: left, y: top, width: across, height: down});
    const [x, y] = plot.axes;
    x._splits.forEach((v, i) => {
      if (v === null) return;
      add(svg, 'line', {x1: atX(v), x2: atX(v), y1: top, y2: top + down, stroke: variable('--grid')});
      add(svg, 'text', {x: atX(v), y: top + down + 16, 'text-anchor': 'middle'}, x._values[i] ?? '');
    });
    y._splits.forEach((v, i) => {
      if (v === null) return;
      add(svg, 'line', {x1: left, x2: left + across, y1: atY(v), y2: atY(v), stroke: variable('--grid')});
      add(svg, 'text', {x: left - 6, y: atY(v) + 4, 'text-anchor': 'end'}, y._values[i] ?? '');
    });
    add(svg, 'text', {x: left + across / 2, y: top + down + 38, 'text-anchor': 'middle'}, titles[state.scale]);
    const points = index => plot.data[0].map((at, i) => [at, plot.data[index][i] ?? null]).filter(([, v]) => v !== null).map(([at, v]) => [atX(at), atY(v)]);
    const curves = add(svg, 'g', {'clip-path': 'url(#frame)'});
    bands.forEach(({series: [high, low], fill}) => add(curves, 'polygon', {points: [...points(high), ...points(low).reverse()].join(' '), fill}));
    series.forEach(({stroke, width: wide, dash, points: marks}, index) => {
      if (!wide) return;
      add(curves, 'polyline', {points: points(index).join(' '), fill: 'none', stroke, 'stroke-width': wide, 'stroke-dasharray': dash.join(' ') || 'none', 'stroke-linejoin': 'round'});
      if (marks.show) points(index).forEach(([cx, cy]) => add(curves, 'circle', {cx, cy, r: 3, fill: stroke}));
    });
    names.forEach(({index, series: line}, i) => {
      const at = {x1: left + across + 16, x2: left + across + 46, y1: top + 4 + 18 * i, y2: top + 4 + 18 * i};
      add(svg, 'line', {...at, stroke: series[line].stroke, 'stroke-width': 2, 'stroke-dasharray': dashes[groups[index].dash].join(' ') || 'none'});
      add(svg, 'text', {x: at.x2 + 8, y: at.y1 + 4, fill: variable('--ink')}, groups[index].label);
    });
    return new XMLSerializer().serializeToString(svg);
  };
  const save = id => {
    const plot = plots.find(shown => shown.id === id);
    if (!plot) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([drawing(plot)], {type: 'image/svg+xml'}));
    link.download = `${(id === 'loss' ? id : state.measure).replaceAll('_', '-')}-over-${state.scale}.svg`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  // The legend shows the figures under the pointer; without one, what the tables have of the end.
  const legend = [];
  const read = (id, plot, order) => {
    const column = id === 'loss' ? 'loss' : 'accuracy';
    const format = id === 'loss' || kinds[state.measure] === 'loss' ? figures.loss : figures.accuracy;
    const isPointed = plot.cursor.idx !== null && plot.cursor.idx !== undefined && plot.cursor.left >= 0;
    legend.forEach(row => { row[column].textContent = ''; });
    order.forEach(({index, series, isHeld}) => {
      const values = plot.data[series];
      let at = plot.cursor.idx;
      while (isPointed && at > 0 && (values[at] === undefined || values[at] === null)) at--;
      legend[index][column].append(isHeld ? ' / ' : '', !isPointed ? groups[index].ends[isHeld ? heldOf(groups[index]) : id === 'loss' ? 'loss' : state.measure]
          : values[at] === undefined || values[at] === null ? '–' : format(values[at]));
    });
  };

  const redraw = () => {
    // What has been zoomed in on, where the curves have only grown.
    const {min, max} = plots[0]?.plot.scales.x ?? {};
    const isZoomed = state.drawn === state.scale + byId('log-x').checked && plots[0].plot.data[0].some(x => x < min || x > max);
    state.drawn = state.scale + byId('log-x').checked;
    plots.splice(0).forEach(({plot}) => plot.destroy());
    byId('loss').textContent = '';
    byId('accuracy').textContent = '';
    draw('loss', 'loss', byId('log-loss').checked);
    if (state.measure) draw('accuracy', state.measure, byId('log-accuracy').checked);
    if (isZoomed) plots.forEach(({plot}) => plot.setScale('x', {min, max}));
    document.querySelectorAll('[data-scale]').forEach(e => { e.hidden = e.dataset.scale !== state.scale; });
    legend.forEach(({button}, index) => {
      Object.assign(button, {ariaPressed: String(!hidden.has(groups[index].label)), hidden: !isFound(groups[index])});
    });
    const missed = new Set(groups.filter(group => !isFound(group)).map(group => group.label));
    document.querySelectorAll('#tables tbody tr').forEach(row => { row.hidden = missed.has(row.cells[0].textContent); });
    document.querySelectorAll('#filters button').forEach(button => {
      const of = groups.filter(group => group.settings[button.dataset.axis] === button.dataset.value);
      button.setAttribute('aria-pressed', String(of.some(group => !hidden.has(group.label))));
    });
  };
  const focus = index => plots.forEach(({plot, order}) => {
    const found = order.find(o => o.index === index);
    plot.setSeries(found ? found.series : null, {focus: true});
  });

  const toggle = of => {
    const isShown = of.some(group => !hidden.has(group.label));
    of.forEach(({label}) => isShown ? hidden.add(label) : hidden.delete(label));
    redraw();
  };
  const showScales = () => {
    byId('scales').textContent = '';
    data.scales.forEach(scale => {
      const label = make('label', '', byId('scales'));
      const input = Object.assign(make('input', '', label), {type: 'radio', name: 'scale', checked: scale === state.scale});
      input.addEventListener('change', () => { state.scale = scale; redraw(); });
      label.append(titles[scale].split(' on ')[0]);
    });
  };
  const showFilters = () => {
    byId('filters').textContent = '';
    const axes = Object.entries(data.axes);
    if (axes.length < 2) return;
    axes.forEach(([axis, values]) => {
      const line = make('div', '', byId('filters'));
      make('span', axis, line);
      values.forEach(value => {
        const button = Object.assign(make('button', value, line), {type: 'button'});
        Object.assign(button.dataset, {axis, value});
        button.addEventListener('click', () => toggle(groups.filter(group => group.settings[axis] === value)));
      });
    });
  };
  const showLegend = () => {
    byId('legend').textContent = '';
    byId('legend').classList.toggle('both', groups.some(heldOf));
    legend.splice(0);
    groups.forEach((group, index) => {
      const button = Object.assign(make('button', '', byId('legend')), {type: 'button'});
      button.innerHTML = `<svg width="30" height="8" aria-hidden="true"><line x1="1" x2="29" y1="4" y2="4" stroke-width="2.5"
        stroke-dasharray="${dashes[group.dash].join(' ')}" style="stroke: var(--c${Number(group.color)})"/></svg>`;
      make('b', group.label, button).title = group.about;
      const [loss, accuracy] = ['loss', 'accuracy'].map(title => Object.assign(make('i', '', button), {title}));
      button.addEventListener('click', () => toggle([group]));
      button.addEventListener('mouseenter', () => focus(index));
      button.addEventListener('mouseleave', () => focus(-1));
      legend.push({button, loss, accuracy});
    });
  };

  // Takes over what the page has now.
  const load = () => {
    watchTables();
    data = JSON.parse(byId('data').textContent);
    groups = data.groups;
    byId('curves').hidden = !groups.some(group => group.curves.loss.r.length);
    byId('search').hidden = groups.length < 2;
    measures = Object.entries(data.measures).map(([key, {title, kind}]) => { kinds[key] = kind; return [key, title]; });
    if (data.measures.test_accuracy) measures.splice(1, 0, ['test_error', 'Test error']);
    const held = [...new Set(groups.map(heldOf).filter(Boolean))].map(key => key.replace('_', ' '));
    byId('loss-title').textContent = 'Training loss' + (held.length ? `, ${held.sort().reverse().join(' or ')} (dashed)` : '');
    if (!data.scales.includes(state.scale)) {
      // Rounds of different batches are not alike.
      const areAlike = groups.every(group => group.rows === groups[0].rows);
      state.scale = areAlike || !data.scales.includes('rows') ? 'rounds' : 'rows';
    }
    if (!measures.some(([key]) => key === state.measure)) {
      const scored = groups.length === 1 ? Object.keys(groups[0].baseline).find(key => data.measures[key]) : undefined;
      state.measure = scored ?? measures[0]?.[0] ?? '';
      byId('log-accuracy').checked = kinds[state.measure] === 'loss';
    }
    byId('measure').textContent = '';
    measures.forEach(([key, title]) => { make('option', title, byId('measure')).value = key; });
    byId('measure').value = state.measure;
    byId('accuracy-figure').hidden = !measures.length;
    showScales();
    showFilters();
    showLegend();
    showMaps();
    redraw();
  };

  byId('measure').addEventListener('change', event => {
    state.measure = event.target.value;
    byId('log-accuracy').checked = kinds[state.measure] === 'loss';
    redraw();
  });
  document.querySelectorAll('[data-save]').forEach(button => button.addEventListener('click', () => save(button.dataset.save)));
  ['log-x', 'log-loss', 'log-accuracy'].forEach(id => byId(id).addEventListener('change', redraw));
  ['search', 'smoothing'].forEach(id => byId(id).addEventListener('input', redraw));
  load();

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  let width = 0;
  new ResizeObserver(() => {
    const now = byId('loss').clientWidth;
    if (now !== width) { width = now; redraw(); }
  }).observe(byId('loss'));
  document.addEventListener('changed', load);
})();
