// The page of the simulator: draws what the two phones show and sends what the citizen does. No build step, no library.

const CHANNELS = ["zalo", "messenger"];
const NAMES = { zalo: "Zalo", messenger: "Messenger" };
const STATES = { sending: "Đang gửi…", sent: "Đã gửi", seen: "Đã xem", failed: "Chưa gửi được: trợ lý không trả lời" };
const OUTCOMES = {
  answered: "Đã trả lời", clarify: "Đã hỏi lại", flow: "Đang hướng dẫn", refused: "Đã từ chối khéo",
  handed: "Đã chuyển cán bộ", unanswered: "Chưa trả lời được", error: "Có lỗi",
};
const ATTACHMENTS = { image: "Ảnh", audio: "Tin nhắn thoại · 0:07", file: "Tệp", location: "Vị trí", sticker: "" };

const phones = Object.fromEntries(CHANNELS.map((channel) => {
  const root = document.querySelector(`.phone[data-channel="${channel}"]`);
  const part = (selector) => root.querySelector(selector);
  return [channel, {
    channel, root, log: part(".log"), list: part(".bubbles"), typing: part(".typing"), quick: part(".quick"),
    starters: part(".starters"), hello: part(".hello"), welcome: part(".welcome"), menu: part(".menu"),
    more: part(".more"), form: part(".composer"), input: part("textarea"), drawn: new Map(), quickDrawn: "",
  }];
}));
const memory = window.sessionStorage;
const SILENT_AFTER = 1500; // milliseconds after which a turn that said nothing is explained too
let citizens = null;
let stream = null;
let current = "zalo";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

async function post(path, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, options);
  if (!response.ok) throw new Error((await response.json()).error || response.statusText);
  return response.json();
}

async function send(channel, wish) {
  current = channel;
  try {
    await post("/simulator/act", { channel, citizen: citizens[channel], ...wish });
    setTimeout(() => explain(channel), SILENT_AFTER);
  } catch (error) {
    toast(`Không gửi được: ${error.message}`);
  }
}

let toastTimer = 0;
function toast(text) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 4000);
}

// --- drawing ----------------------------------------------------------------------------------------------------

function button(phone, bubble, one, place) {
  const made = element("button", `choice ${one.kind}`);
  made.type = "button";
  made.append(element("span", "", one.label), icon(one.kind));
  if (one.kind === "link") made.title = `Mở trang ${one.where}`;
  if (one.kind === "call") made.title = `Gọi ${one.where}`;
  made.addEventListener("click", () => {
    if (one.kind === "link") return toast(`Nút này mở trang ${one.where} (bản chạy thử không mở).`);
    if (one.kind === "call") return toast(`Nút này gọi ${one.where} (bản chạy thử không gọi).`);
    return send(phone.channel, { act: "tap", message: bubble.id, place });
  });
  return made;
}

function content(bubble) {
  if (!bubble.attachment) return element("p", "text", bubble.text);
  if (bubble.attachment === "sticker") {
    const sticker = element("div", "sticker");
    sticker.setAttribute("role", "img");
    sticker.setAttribute("aria-label", "Nhãn dán thích");
    sticker.append(icon("thumb"));
    return sticker;
  }
  const box = element("div", `attachment ${bubble.attachment}`);
  box.append(icon(bubble.attachment === "audio" ? "audio" : "image"), element("span", "", ATTACHMENTS[bubble.attachment]));
  return box;
}

function draw(phone, bubble) {
  const item = element("li", `line ${bubble.side}`);
  if (bubble.side === "note") {
    item.append(element("span", "note-text", bubble.text));
    return item;
  }
  const speaker = { citizen: "Người dân", bot: "Trợ lý", staff: "Cán bộ" }[bubble.side];
  item.append(element("span", "speaker", speaker));
  const box = element("div", "bubble");
  box.append(content(bubble), element("time", "", bubble.time));
  if (bubble.buttons.length) {
    const list = element("div", "choices");
    list.append(...bubble.buttons.map((one, place) => button(phone, bubble, one, place)));
    box.classList.add("with-choices");
    box.append(list);
  }
  item.append(box, element("span", "state", ""));
  return item;
}

function drawQuick(phone, view) {
  const last = view.bubbles.findLast((one) => one.side !== "note");
  const key = view.quick.length ? `${last.id}` : "";
  if (key === phone.quickDrawn) return;
  phone.quickDrawn = key;
  phone.quick.replaceChildren(...view.quick.map((one, place) => {
    const pill = element("button", "pill", one.label);
    pill.type = "button";
    pill.addEventListener("click", () => {
      phone.input.focus();
      send(phone.channel, { act: "quick", message: last.id, place });
    });
    return pill;
  }));
}

function drawStarters(phone, view) {
  if (view.hello) phone.hello.textContent = view.hello;
  phone.starters.replaceChildren(...view.starters.map((one) => {
    const made = element("button", "starter", one.label);
    made.type = "button";
    made.addEventListener("click", () => {
      phone.input.focus();
      send(phone.channel, { act: one.act, place: one.place });
    });
    return made;
  }));
}

function show(phone, view) {
  const before = phone.drawn.size;
  let lastMine = null;
  for (const bubble of view.bubbles) {
    if (!phone.drawn.has(bubble.id)) {
      const item = draw(phone, bubble);
      phone.drawn.set(bubble.id, item);
      phone.list.append(item);
    }
    if (bubble.side === "citizen") lastMine = bubble;
  }
  for (const [id, item] of phone.drawn) {
    const state = item.querySelector(".state");
    if (!state) continue;
    state.textContent = lastMine && id === lastMine.id ? STATES[lastMine.state] : "";
    item.classList.toggle("failed", Boolean(lastMine) && id === lastMine.id && lastMine.state === "failed");
  }
  phone.typing.hidden = !view.typing;
  phone.welcome.classList.toggle("small", view.bubbles.length > 0);
  drawQuick(phone, view);
  drawStarters(phone, view);
  phone.log.scrollTop = phone.log.scrollHeight;
  return phone.drawn.size > before && view.bubbles.at(-1).side === "bot";
}

// --- the drawer -------------------------------------------------------------------------------------------------

function row(list, name, value) {
  if (!value) return;
  list.append(element("dt", "", name), typeof value === "string" ? element("dd", "", value) : value);
}

function bar(label, share, number) {
  const item = element("li", "bar-line");
  const meter = document.createElement("meter");
  meter.max = 1;
  meter.value = Math.min(1, Math.max(0, share));
  meter.setAttribute("aria-label", label);
  item.append(element("span", "", label), element("b", "", number), meter);
  return item;
}

function bars(items) {
  const cell = element("dd");
  const list = element("ul", "bars");
  list.append(...items);
  cell.append(list);
  return cell;
}

// The five slowest steps in the order they ran, and the rest as one line.
function slowest(steps) {
  const most = Math.max(...steps.map(([, ms]) => ms), 0.001);
  const named = new Set([...steps].sort((a, b) => b[1] - a[1]).slice(0, 5).map(([name]) => name));
  const lines = steps.filter(([name]) => named.has(name));
  const rest = steps.filter(([name]) => !named.has(name));
  if (rest.length) lines.push([`${rest.length} bước còn lại`, rest.reduce((sum, [, ms]) => sum + ms, 0)]);
  return lines.map(([name, ms]) => bar(name, ms / most, `${ms.toFixed(2)} ms`));
}

function explained(turn) {
  const facts = element("dl", "facts");
  const family = OUTCOMES[(turn.outcome || "").split("_")[0]];
  const outcome = element("dd");
  outcome.append(element("span", `chip ${(turn.outcome || "").split("_")[0]}`, family || turn.outcome || "?"));
  outcome.append(element("code", "", turn.outcome || ""));
  row(facts, "Kết quả", turn.outcome ? outcome : "");
  row(facts, "Câu đã che thông tin riêng", turn.text);
  row(facts, "Ý định", turn.intent);
  const candidates = turn.candidates || [];
  if (candidates.length) {
    const lines = candidates.slice(0, 5).map((one) => bar(one.intent, one.confidence, `${Math.round(one.confidence * 100)} %`));
    row(facts, "Các khả năng", bars(lines));
  }
  const sources = turn.sources || [];
  row(facts, "Căn cứ", sources.map((one) => [one.place, one.document].filter(Boolean).join(" ")).join("; "));
  row(facts, "Kiểm tra lần cuối", (turn.checked_on || "").split("-").reverse().join("/"));
  row(facts, "Luồng", [turn.flow, turn.state].filter(Boolean).join(" → "));
  const { turn: whole, ...parts } = turn.steps || {};
  const steps = Object.entries(parts);
  if (steps.length) {
    const total = whole ?? steps.reduce((sum, [, ms]) => sum + ms, 0);
    row(facts, `Thời gian · ${total.toFixed(1)} ms`, bars(slowest(steps)));
  }
  return facts;
}

let asked = 0;
async function explain(channel) {
  const mine = ++asked;
  const response = await fetch(`/simulator/explain?channel=${channel}&citizen=${citizens[channel]}`);
  if (!response.ok || mine !== asked) return;
  const turn = await response.json();
  const empty = Object.keys(turn).length === 0;
  const title = empty ? "Chưa có lượt trả lời nào." : `Lượt gần nhất trên ${NAMES[channel]}`;
  document.getElementById("drawer-of").textContent = title;
  document.getElementById("drawer-body").replaceChildren(...(empty ? [] : [explained(turn)]));
}

// --- life -------------------------------------------------------------------------------------------------------

function listen() {
  stream?.close();
  stream = new EventSource(`/simulator/stream?zalo=${citizens.zalo}&messenger=${citizens.messenger}`);
  stream.addEventListener("message", (event) => {
    const views = JSON.parse(event.data);
    for (const channel of CHANNELS) {
      if (views[channel].citizen !== citizens[channel]) continue;
      if (show(phones[channel], views[channel])) explain(channel);
    }
    document.body.dataset.ready = "yes";
  });
}

function forget(phone) {
  phone.drawn.clear();
  phone.list.replaceChildren();
  phone.quick.replaceChildren();
  phone.quickDrawn = "";
  phone.input.value = "";
}

async function meet({ anew }) {
  const kept = memory.getItem("citizens");
  citizens = kept && !anew ? JSON.parse(kept) : await post("/simulator/citizens", {});
  memory.setItem("citizens", JSON.stringify(citizens));
  CHANNELS.forEach((channel) => forget(phones[channel]));
  listen();
  await explain(current);
}

function openMenu(phone, open) {
  phone.menu.hidden = !open;
  phone.more.setAttribute("aria-expanded", String(open));
  phone.log.scrollTop = phone.log.scrollHeight;
}

function wire(phone) {
  const { channel, input, form } = phone;
  const fit = () => { input.rows = Math.min(5, input.value.split("\n").length); };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    fit();
    send(channel, { act: "text", text });
  });
  input.addEventListener("input", fit);
  input.addEventListener("focus", () => { current = channel; });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  phone.more.addEventListener("click", () => openMenu(phone, phone.menu.hidden));
  phone.root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !phone.menu.hidden) { openMenu(phone, false); phone.more.focus(); }
  });
  phone.menu.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    openMenu(phone, false);
    input.focus();
    if (chosen.dataset.attach) send(channel, { act: "attachment", kind: chosen.dataset.attach });
    else if (chosen.dataset.act) send(channel, { act: chosen.dataset.act });
    else askStaff(channel);
  });
}

function askStaff(channel) {
  const dialog = document.getElementById("staff");
  const text = document.getElementById("staff-text");
  dialog.returnValue = "cancel";
  dialog.onclose = () => {
    if (dialog.returnValue === "send" && text.value.trim()) send(channel, { act: "staff", text: text.value.trim() });
  };
  dialog.showModal();
}

function setLarge(large) {
  document.documentElement.classList.toggle("large", large);
  document.getElementById("larger").setAttribute("aria-pressed", String(large));
  memory.setItem("large", large ? "yes" : "");
}

function selectTab(name) {
  document.querySelector(".stage").dataset.shown = name;
  for (const tab of document.querySelectorAll(".tabs button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
  }
  if (name === "drawer") explain(current);
  else { current = name; phones[name].log.scrollTop = phones[name].log.scrollHeight; }
}

Object.values(phones).forEach(wire);
document.getElementById("fresh").addEventListener("click", () => meet({ anew: true }));
document.getElementById("larger").addEventListener("click", (event) => {
  setLarge(event.currentTarget.getAttribute("aria-pressed") !== "true");
});
for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => selectTab(tab.dataset.tab));
}
for (const example of document.querySelectorAll("[data-example]")) {
  example.addEventListener("click", () => {
    if (document.querySelector(".stage").dataset.shown === "drawer") selectTab(current);
    send(current, { act: "text", text: example.textContent });
  });
}
window.addEventListener("resize", () => {
  for (const { log } of Object.values(phones)) log.scrollTop = log.scrollHeight;
});
setLarge(memory.getItem("large") === "yes");
meet({ anew: false });
