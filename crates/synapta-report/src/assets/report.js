// Shows the values under the pointer. Words are set as text, never as markup.
(function () {
  "use strict";
  var svg = document.querySelector(".cascade svg");
  var source = document.getElementById("figure-data");
  if (!svg || !source || !svg.getScreenCTM) return;
  var data = JSON.parse(source.textContent);
  var tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  document.body.appendChild(tip);
  var cross = document.createElementNS("http://www.w3.org/2000/svg", "line");
  cross.setAttribute("class", "cross");
  cross.setAttribute("visibility", "hidden");
  svg.appendChild(cross);

  function hide() {
    tip.hidden = true;
    cross.setAttribute("visibility", "hidden");
  }

  function add(parent, tag, words) {
    var element = document.createElement(tag);
    element.textContent = words;
    parent.appendChild(element);
    return element;
  }

  function show(panel, index, event) {
    tip.textContent = "";
    add(tip, "b", data.times[index]);
    panel.series.forEach(function (series) {
      var row = add(tip, "div", "");
      add(row, "i", "").style.background = series.colour;
      row.appendChild(document.createTextNode(series.label + ": " + series.values[index] + " " + panel.unit));
    });
    tip.hidden = false;
    var box = tip.getBoundingClientRect();
    var left = event.clientX + 16;
    if (left + box.width > window.innerWidth - 8) left = event.clientX - box.width - 16;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = Math.min(event.clientY + 14, window.innerHeight - box.height - 8) + "px";
    var x = panel.x + panel.w * index / (data.times.length - 1);
    cross.setAttribute("x1", x);
    cross.setAttribute("x2", x);
    cross.setAttribute("y1", panel.y);
    cross.setAttribute("y2", panel.y + panel.h);
    cross.setAttribute("visibility", "visible");
  }

  svg.addEventListener("pointermove", function (event) {
    var point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    var panel = data.panels.find(function (p) {
      return point.x >= p.x && point.x <= p.x + p.w && point.y >= p.y && point.y <= p.y + p.h;
    });
    if (!panel || !panel.series.length) return hide();
    show(panel, Math.round((point.x - panel.x) / panel.w * (data.times.length - 1)), event);
  });
  svg.addEventListener("pointerleave", hide);
})();
