// Sends the form with XMLHttpRequest, which tells how much of it has left; how much the server has written, it is asked.
// Without this script the browser sends the form by itself.
"use strict";

const ASK_EVERY = 250;  // milliseconds

const form = document.querySelector("form");
const send = form.querySelector("button");
const cancel = document.getElementById("cancel");
const part = document.getElementById("progress");
const sent = document.getElementById("sent");
const percent = document.getElementById("percent");
const written = document.getElementById("written");
const outcome = document.getElementById("outcome");

let most = 0;  // bytes of the present upload that are known to be written

form.addEventListener("submit", event => {
  event.preventDefault();
  const url = "receive.py?id=" + newId();
  const request = new XMLHttpRequest();
  const stop = () => request.abort();
  const asking = setInterval(() => ask(url, request), ASK_EVERY);

  request.upload.addEventListener("progress", event => {
    if (event.lengthComputable) show(event.loaded / event.total);
  });
  request.addEventListener("load", () => {
    if (request.status === 200) received(JSON.parse(request.responseText));
    else failed("The server did not take the file: " + request.status + " " + request.statusText);
  });
  request.addEventListener("error", () => failed("The connection broke off. Is the file larger than the server takes?"));
  request.addEventListener("abort", () => failed("Cancelled."));
  request.addEventListener("loadend", () => {
    clearInterval(asking);
    cancel.removeEventListener("click", stop);
    send.disabled = false;
    cancel.hidden = true;
  });
  cancel.addEventListener("click", stop);

  part.hidden = false;
  outcome.className = "";
  outcome.textContent = "";
  most = 0;
  written.textContent = "0";
  show(0);
  send.disabled = true;
  cancel.hidden = false;
  request.open("POST", url);
  request.send(new FormData(form));
});

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
}

function show(share) {
  const value = Math.floor(100 * share);
  sent.value = value;
  sent.textContent = percent.textContent = value + " %";
}

async function ask(url, request) {
  try {
    const answer = await fetch(url);
    const bytes = answer.ok ? (await answer.json()).written : 0;
    if (request.readyState !== XMLHttpRequest.DONE) writtenSoFar(bytes);
  } catch (error) {
    // The next time may tell more; what becomes of the upload itself is not asked here.
  }
}

function writtenSoFar(bytes) {
  most = Math.max(most, bytes);
  written.textContent = most.toLocaleString("en");
}

function received(file) {
  show(1);
  writtenSoFar(file.size);
  outcome.className = "done";
  outcome.replaceChildren(
    line("Received: " + file.name + ", " + file.size.toLocaleString("en") + " bytes"),
    line("SHA-256: " + file.sha256, "digest"),
  );
}

function failed(text) {
  part.hidden = true;
  outcome.className = "failed";
  outcome.replaceChildren(line(text));
}

function line(text, name) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  if (name) paragraph.className = name;
  return paragraph;
}
