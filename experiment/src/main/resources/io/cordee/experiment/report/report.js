'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const byId = id => document.getElementById(id);
  const make = (tag, text, parent) => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  // Where tables do not fit, a hint tells that there is more to the right. The names of the rows stay, as far as they
  // leave half of the room to the figures.
  const hint = table => table.classList.toggle('more', table.scrollLeft + table.clientWidth < table.scrollWidth - 1);
  const pin = table => {
    const origin = table.getBoundingClientRect().left;
    const lefts = [...table.querySelectorAll('tbody tr:first-child th')]
        .map(name => name.getBoundingClientRect())
        .map(({left, right}) => right - origin < table.clientWidth / 2 ? left - origin + 'px' : 'auto');
    table.querySelectorAll('tr').forEach(row => lefts.forEach((left, i) => {
      row.children[i].classList.add('name');
      row.children[i].style.left = left;
    }));
  };
  const fit = new ResizeObserver(entries => entries.forEach(({target}) => {
    if (target.scrollLeft === 0) pin(target);
    hint(target);
  }));
  document.querySelectorAll('.scroll').forEach(table => {
    fit.observe(table);
    table.addEventListener('scroll', () => hint(table), {passive: true});
  });

  const groups = data.groups;
  if (!groups.some(g => g.curves.loss.r.length)) return;
  byId('curves').hidden = false;

  const titles = {rounds: 'Rounds', rows: 'Rows seen', seconds: 'Seconds', bytes: 'Bytes on the wire'};
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2]];
  const kinds = {loss: 'loss', test_error: 'share'};
  const measures = Object.entries(data.measures).map(([key, {title, kind}]) => { kinds[key] = kind; return [key, title]; });
  if (data.measures.test_accuracy) measures.splice(1, 0, ['test_error', 'Test error']);
  const curveOf = (group, key) => group.curves[key === 'test_error' ? 'test_accuracy' : key] || {r: []};
  // Beside the training loss, it shows overfitting.
  const held = ['validation_loss', 'test_loss'].find(key => groups.some(group => group.curves[key]));
  const hidden = new Set();
  // Rounds of different batches are not alike.
  const areAlike = groups.every(g => g.rows === groups[0].rows);
  const state = {scale: areAlike || !data.scales.includes('rows') ? 'rounds' : 'rows', measure: measures.length ? measures[0][0] : ''};
  const color = index => getComputedStyle(document.documentElement).getPropertyValue('--c' + index).trim();
  const variable = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Where the points of a curve stand on the scale that is chosen.
  const places = (group, curve) => {
    switch (state.scale) {
      case 'rows': return curve.r.map(r => r * group.rows);
      case 'bytes': return curve.r.map(r => group.bytes[0] + r * group.bytes[1]);
      case 'seconds': return curve.s;
      default: return curve.r;
    }
  };
  // As many decimals as tell places apart that lie so far from each other.
  const decimals = apart => {
    const digits = Math.max(0, Math.ceil(-Math.log10(apart) - 1e-9));
    const shift = apart * 10 ** digits;
    return Math.abs(shift - Math.round(shift)) < 1e-6 ? digits : digits + 1;
  };
  const prefixed = (value, apart, unit) => {
    const prefixes = ['', 'k', 'M', 'G', 'T'];
    let power = 0;
    while (Math.abs(value) >= 1000 && power < 4) { value /= 1000; apart /= 1000; power++; }
    return +value.toFixed(decimals(apart)) + (prefixes[power] || unit ? ' ' : '') + prefixes[power] + unit;
  };
  const onX = (value, apart) => state.scale === 'bytes' ? prefixed(value, apart, 'B')
      : state.scale === 'seconds' ? +value.toFixed(decimals(apart)) + '' : prefixed(value, apart, '').replace(' ', '');
  const onY = (value, apart) => {
    const size = Math.abs(value);
    return value === 0 ? '0'
        : size >= 1e7 || size < 1e-3 ? value.toExponential(decimals(apart / 10 ** Math.floor(Math.log10(size)))).replace('e+', 'e')
        : value.toLocaleString('en', {maximumFractionDigits: decimals(apart)});
  };
  // The rules by which the tables round.
  const significant = (value, digits) => {
    const [mantissa, power] = value.toExponential(digits - 1).split('e').map(Number);
    return value === 0 ? '0' : power < -4 || power >= digits ? mantissa.toFixed(digits - 1) + 'e' + power : value.toFixed(digits - 1 - power);
  };
  const figures = {
    loss: value => significant(value, 4),
    accuracy: value => value !== 0 && Math.abs(value) < 1e-3 ? significant(value, 3) : value.toFixed(4),
  };

  // One table for all curves: their points seldom stand at the same places.
  const aligned = (keys, isLogX, isLogY) => {
    const tables = [[[0]]];
    const shown = [];
    keys.forEach(key => groups.forEach((group, index) => {
      const isError = key === 'test_error';
      const curve = curveOf(group, key);
      if (hidden.has(index) || !curve.r.length) return;
      const x = places(group, curve);
      const value = v => isError ? 1 - v : v;
      let keep = x.map((v, i) => i).filter(i => (!isLogX || x[i] > 0) && (!isLogY || value(curve.m[i]) > 0));
      // Two points at one place: the later one counts.
      keep = keep.filter((at, i) => i + 1 === keep.length || x[keep[i + 1]] > x[at]);
      if (!keep.length) return;
      const columns = [keep.map(i => x[i]), keep.map(i => value(curve.m[i]))];
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

  const plots = [];
  const draw = (id, key, isLogY) => {
    const place = byId(id);
    const isLogX = byId('log-x').checked;
    const {shown, table} = aligned(id === 'loss' && held ? [key, held] : [key], isLogX, isLogY);
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
    const y = isLogY ? {distr: 3} : isAccuracy ? {range: (u, low, high) => accuracyRange(low ?? 0, high ?? 1)} : {};
    const isMark = v => v !== null && !(isAccuracy && (v < 0 || v > 1));
    const plot = new uPlot({
      width: Math.max(240, place.clientWidth), height: 340, series, bands,
      legend: {show: false},
      focus: {alpha: .18},
      cursor: {focus: {prox: 24}, points: {show: false}, y: false, sync: {key: 'x', scales: ['x', null]}, drag: {x: true, y: false}},
      scales: {x: {time: false, distr: isLogX ? 3 : 1}, y},
      axes: [
        {...axis, label: titles[state.scale], labelSize: 22, size: 34, space: 60, values: (u, splits, index, space, apart) => splits.map(v => v === null ? '' : onX(v, isLogX ? v : apart))},
        {...axis, size: labelWidth, values: (u, splits, index, space, apart) => splits.map(v => isMark(v) ? onY(v, isLogY ? v : apart) : '')},
      ],
      hooks: {setCursor: [u => read(id, u, order)], draw: [u => markBest(u, shown)]},
    }, table, place);
    plots.push({id, plot, order});
    read(id, plot, order);
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
      legend[index][column].append(isHeld ? ' / ' : '', !isPointed ? groups[index].ends[isHeld ? held : id === 'loss' ? 'loss' : state.measure]
          : values[at] === undefined || values[at] === null ? '–' : format(values[at]));
    });
  };

  const redraw = () => {
    plots.splice(0).forEach(({plot}) => plot.destroy());
    byId('loss').textContent = '';
    byId('accuracy').textContent = '';
    draw('loss', 'loss', byId('log-loss').checked);
    if (state.measure) draw('accuracy', state.measure, byId('log-accuracy').checked);
    document.querySelectorAll('[data-scale]').forEach(e => { e.hidden = e.dataset.scale !== state.scale; });
    legend.forEach(({button}, index) => button.setAttribute('aria-pressed', String(!hidden.has(index))));
    document.querySelectorAll('#filters button').forEach(button => {
      const of = groups.map((g, i) => i).filter(i => groups[i].settings[button.dataset.axis] === button.dataset.value);
      button.setAttribute('aria-pressed', String(of.some(i => !hidden.has(i))));
    });
  };
  const focus = index => plots.forEach(({plot, order}) => {
    const found = order.find(o => o.index === index);
    plot.setSeries(found ? found.series : null, {focus: true});
  });

  if (held) {
    byId('loss-title').textContent = `Training loss, ${held.replace('_', ' ')} (dashed)`;
    byId('legend').classList.add('both');
  }
  data.scales.forEach(scale => {
    const label = make('label', '', byId('scales'));
    const input = make('input', '', label);
    input.type = 'radio';
    input.name = 'scale';
    input.checked = scale === state.scale;
    input.addEventListener('change', () => { state.scale = scale; redraw(); });
    label.append(titles[scale].split(' on ')[0]);
  });
  measures.forEach(([key, title]) => { make('option', title, byId('measure')).value = key; });
  byId('accuracy-figure').hidden = !measures.length;
  byId('measure').addEventListener('change', event => {
    state.measure = event.target.value;
    byId('log-accuracy').checked = kinds[state.measure] === 'loss';
    redraw();
  });
  byId('log-accuracy').checked = kinds[state.measure] === 'loss';
  ['log-x', 'log-loss', 'log-accuracy'].forEach(id => byId(id).addEventListener('change', redraw));

  const axes = Object.entries(data.axes);
  if (axes.length > 1) {
    axes.forEach(([axis, values]) => {
      const line = make('div', '', byId('filters'));
      make('span', axis, line);
      values.forEach(value => {
        const button = make('button', value, line);
        button.type = 'button';
        Object.assign(button.dataset, {axis, value});
        button.addEventListener('click', () => {
          const of = groups.map((g, i) => i).filter(i => groups[i].settings[axis] === value);
          const isShown = of.some(i => !hidden.has(i));
          of.forEach(i => isShown ? hidden.add(i) : hidden.delete(i));
          redraw();
        });
      });
    });
  }
  groups.forEach((group, index) => {
    const button = make('button', '', byId('legend'));
    button.type = 'button';
    const swatch = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    swatch.setAttribute('width', '30');
    swatch.setAttribute('height', '8');
    swatch.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    Object.entries({x1: 1, x2: 29, y1: 4, y2: 4, 'stroke-width': 2.5, 'stroke-dasharray': dashes[group.dash].join(' ')})
        .forEach(([key, value]) => line.setAttribute(key, value));
    line.style.stroke = `var(--c${group.color})`;
    swatch.append(line);
    button.append(swatch);
    make('b', group.label, button).title = group.label;
    const loss = make('i', '', button);
    loss.title = 'loss';
    const accuracy = make('i', '', button);
    accuracy.title = 'accuracy';
    button.addEventListener('click', () => {
      hidden.has(index) ? hidden.delete(index) : hidden.add(index);
      redraw();
    });
    button.addEventListener('mouseenter', () => focus(index));
    button.addEventListener('mouseleave', () => focus(-1));
    legend.push({button, loss, accuracy});
  });

  // Of the maps, one is shown.
  const maps = [...document.querySelectorAll('[data-heat]')];
  if (maps.length > 1) {
    const choice = document.createElement('select');
    choice.setAttribute('aria-label', 'Measure of the heat map');
    maps.forEach(map => { make('option', map.dataset.heat, choice).value = map.dataset.heat; });
    const show = () => maps.forEach(map => { map.hidden = map.dataset.heat !== choice.value; });
    choice.addEventListener('change', show);
    byId('heat').insertBefore(choice, maps[0]);
    show();
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  let width = 0;
  new ResizeObserver(() => {
    const now = byId('loss').clientWidth;
    if (now !== width) { width = now; redraw(); }
  }).observe(byId('loss'));
})();
