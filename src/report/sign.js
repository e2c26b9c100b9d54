"use strict";
(function () {
  var form = document.getElementById("sign-off");
  var button = document.getElementById("sign-save");
  if (!form || !button) return;
  document.getElementById("sign-noscript").hidden = true;
  button.hidden = false;
  button.addEventListener("click", function () {
    var name = document.getElementById("sign-name");
    var decision = form.querySelector("input[name=decision]:checked");
    if (!name.value.trim()) { name.focus(); return; }
    if (!decision) { form.querySelector("input[name=decision]").focus(); return; }
    var said = {
      format: "offrecord-sign-off-1",
      policy_sha256: form.dataset.policy,
      pack: form.dataset.pack,
      by: name.value.trim(),
      decision: decision.value,
      conditions: document.getElementById("sign-conditions").value
    };
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(said, null, 2) + "\n"], { type: "application/json" }));
    link.download = form.dataset.file;
    link.click();
    URL.revokeObjectURL(link.href);
  });
})();
