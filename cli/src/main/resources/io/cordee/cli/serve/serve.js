// The page of a model: a form for one row. All texts from the server become text nodes or values, never markup.

const at = (id) => document.getElementById(id);
const text = (node, value) => { node.textContent = value; };
const create = (name, attributes = {}) => Object.assign(document.createElement(name), attributes);

let model;

/** What a field stands for in JSON; an empty field is an empty cell. */
function cell(field, kind) {
  const value = field.value.trim();
  if (value === "") return null;
  return kind === "number" && Number.isFinite(Number(value)) ? Number(value) : field.value;
}

/** The row as it is in the form. */
function row() {
  if (model.columns) {
    return Object.fromEntries(model.columns.map((column, i) => [column.name, cell(at("field" + i), column.kind)]));
  }
  const numbers = at("numbers").value.split(/[\s,]+/).filter((part) => part !== "");
  return numbers.map((part) => (Number.isFinite(Number(part)) ? Number(part) : part));
}

const body = () => JSON.stringify({ rows: [row()] });

const quoted = (value) => "'" + value.replaceAll("'", "'\\''") + "'";

function showCurl() {
  const token = model.token ? " -H \"Authorization: Bearer $(cat TOKEN_FILE)\"" : "";
  const url = quoted(location.origin + "/predict");
  text(at("curl"), "curl -H 'Content-Type: application/json'" + token + " -d " + quoted(body()) + " " + url);
}

function field(column, i) {
  const label = create("label");
  label.append(column.name);
  const id = "field" + i;
  if (column.kind === "choice") {
    const choice = create("select", { id });
    choice.append(...column.texts.map((each) => create("option", { value: each, textContent: each === "" ? "(empty)" : each })));
    label.append(choice);
    return label;
  }
  const input = create("input", { id, value: column.example, placeholder: column.example, autocomplete: "off", spellcheck: false });
  if (column.kind === "number") input.inputMode = "decimal";
  label.append(input);
  if (column.texts) {
    const list = create("datalist", { id: id + "-texts" });
    list.append(...column.texts.map((each) => create("option", { value: each })));
    input.setAttribute("list", list.id);
    label.append(list);
  }
  return label;
}

function show(described) {
  model = described;
  document.title = model.job + " · Cordee";
  text(at("job"), model.job);
  text(at("about"), model.file + ", sha256 " + model.sha256);
  if (model.columns) {
    at("fields").replaceChildren(...model.columns.map(field));
  } else {
    const numbers = create("textarea", { id: "numbers", rows: 6, value: Array(model.values).fill(0).join(", ") });
    const label = create("label");
    label.append(model.values + " numbers", numbers);
    at("fields").replaceChildren(label);
  }
  showCurl();
  at("login").hidden = true;
  at("main").hidden = false;
}

function line(name, value) {
  const tr = create("tr");
  tr.append(create("td", { textContent: name }), create("td", { className: "n", textContent: value }));
  return tr;
}

function showPrediction(answer) {
  const first = answer.predictions[0];
  at("label").hidden = first.class === undefined;
  text(at("label"), first.label ?? "class " + first.class);
  const outputs = first.probabilities ?? first.outputs ?? first.values;
  at("outputs").replaceChildren(...Object.entries(outputs).map(([name, value]) => line(Array.isArray(outputs) ? "output " + name : name, value)));
  text(at("warnings"), answer.warnings.join("; "));
}

at("row").addEventListener("input", showCurl);
at("row").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("result").hidden = true;
  at("wrong").hidden = true;
  try {
    const answer = await fetch("/predict", { method: "POST", headers: { "Content-Type": "application/json" }, body: body() });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error);
    showPrediction(said);
    at("result").hidden = false;
  } catch (error) {
    text(at("wrong"), error.message);
    at("wrong").hidden = false;
  }
});

async function begin() {
  const answer = await fetch("/api/model");
  if (answer.status === 401) {
    at("login").hidden = false;
    at("token").focus();
  } else {
    show(await answer.json());
  }
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  text(at("refused"), "");
  try {
    const answer = await fetch("/api/session", { headers: { Authorization: "Bearer " + at("token").value.trim() } });
    if (answer.ok) {
      at("token").value = "";
      await begin();
    } else {
      text(at("refused"), "That is not this server's token.");
    }
  } catch {
    text(at("refused"), "The server cannot be reached, or this cannot be a token.");
  }
});

begin();
