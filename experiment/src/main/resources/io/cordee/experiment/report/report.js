// The curves of the report, and what is chosen of them.
(() => {
  const byId = id => document.getElementById(id);

  let data, groups, measures;
  const titles = {rounds: 'Rounds', rows: 'Rows seen', seconds: 'Seconds', bytes: 'Bytes on the wire'};
  const units = {rounds: 'COUNT', rows: 'COUNT', seconds: 'SECONDS', bytes: 'BYTES'};
  const kinds = {loss: 'loss', test_error: 'share'};
  // Beside the training loss, it shows overfitting.
  const heldOf = group => ['validation_loss', 'test_loss'].find(key => group.curves[key]);
  const curveOf = (group, key) => key === 'held' ? group.curves[heldOf(group)] || {r: []} : group.curves[key === 'test_error' ? 'test_accuracy' : key] || {r: []};
  // The labels of groups that a click has hidden.
  const hidden = new Set();
  // True or false for a chart whose log scale someone has switched.
  const chosen = {};
  const state = {scale: '', measure: ''};
  const isFound = group => [group.label, group.about, ...Object.values(group.settings)].join(' ').toLowerCase()
      .includes(byId('search').value.trim().toLowerCase());
  const isHidden = group => hidden.has(group.label) || !isFound(group);

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

  // The curves of a chart that are not hidden.
  const keysOf = id => id === 'loss' ? ['loss', 'held'] : [state.measure];
  const linesOf = id => keysOf(id).flatMap((key, rank) => groups.flatMap((group, index) => {
    const curve = curveOf(group, key);
    if (isHidden(group) || !curve.r.length) return [];
    const isHeld = rank > 0;
    const isError = key === 'test_error';
    const values = side => isError ? side.map(v => 1 - v) : side;
    const sides = isHeld || !curve.lo ? [] : isError ? [curve.hi, curve.lo] : [curve.lo, curve.hi];
    const [low, high] = sides.map(values);
    return [{
      index, isHeld, low, high, x: places(group, curve), y: smoothed(values(curve.m)), name: isHeld ? '' : group.label,
      color: 'c' + (isHeld && groups.length === 1 ? 1 : group.color), dash: isHeld ? [4, 4] : curves.DASHES[group.dash], width: isHeld ? 1.5 : 2,
    }];
  }));

  const isLog = id => {
    if (chosen[id] !== undefined) return chosen[id];
    const all = keysOf(id).flatMap(key => groups.flatMap(group => curveOf(group, key).m || []));
    return kinds[keysOf(id)[0]] === 'loss' && curves.isByRatio(all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), 0));
  };

  // Where the best weights of a single run are.
  const best = () => {
    if (groups.length !== 1 || groups[0].best.length !== 1) return [];
    const curve = groups[0].curves.loss;
    const at = curve.r.findIndex(r => r >= groups[0].best[0]);
    return at < 0 ? [] : [{x: state.scale === 'rounds' ? groups[0].best[0] : places(groups[0], curve)[at], label: 'best'}];
  };
  // What a prediction that reads no features comes to, of a single run.
  const baseline = key => {
    const found = groups.length === 1 ? groups[0].baseline[key === 'test_error' ? 'test_accuracy' : key] : undefined;
    return found === undefined ? [] : [{y: key === 'test_error' ? 1 - found : found, label: 'baseline'}];
  };

  const charts = Object.fromEntries(['loss', 'accuracy'].map(id =>
    [id, new curves.Chart(byId(id), {none: 'Nothing to show.', group: 'x', pointed: (x, values) => read(id, values)})]));
  const draw = id => {
    const [key] = keysOf(id);
    byId('log-' + id).checked = isLog(id);
    charts[id].show({
      x: {unit: units[state.scale], title: titles[state.scale], isLog: byId('log-x').checked},
      y: {unit: kinds[key] === 'share' ? 'SHARE' : 'NUMBER', isLog: isLog(id)},
      lines: linesOf(id),
      rules: [...best(), ...(id === 'loss' ? [] : baseline(key))],
    });
  };
  const save = id => charts[id].save(
    `${(id === 'loss' ? id : state.measure).replaceAll('_', '-')}-over-${state.scale}`,
    id === 'loss' ? byId('loss-title').textContent : byId('measure').selectedOptions[0].text);

  // The legend shows the figures under the pointer; without one, what the tables have of the end.
  const legend = [];
  const read = (id, values) => {
    const column = id === 'loss' ? 'loss' : 'accuracy';
    const format = id === 'loss' || kinds[state.measure] === 'loss' ? figures.loss : figures.accuracy;
    legend.forEach(row => { row[column].textContent = ''; });
    charts[id].view.lines.forEach(({index, isHeld}, i) => {
      legend[index][column].append(isHeld ? ' / ' : '', !values ? groups[index].ends[isHeld ? heldOf(groups[index]) : id === 'loss' ? 'loss' : state.measure]
          : values[i] == null ? '–' : format(values[i]));
    });
  };

  const redraw = () => {
    draw('loss');
    if (state.measure) draw('accuracy');
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
  const focus = index => Object.values(charts).forEach(chart => chart.focus(chart.view?.lines.findIndex(line => line.index === index)));

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
      button.append(curves.sample('c' + group.color, curves.DASHES[group.dash]));
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
    delete chosen.accuracy;
    redraw();
  });
  document.querySelectorAll('[data-save]').forEach(button => button.addEventListener('click', () => save(button.dataset.save)));
  byId('log-x').addEventListener('change', redraw);
  Object.keys(charts).forEach(id => byId('log-' + id).addEventListener('change', event => {
    chosen[id] = event.target.checked;
    redraw();
  }));
  ['search', 'smoothing'].forEach(id => byId(id).addEventListener('input', redraw));
  document.addEventListener('changed', load);
  load();
})();
