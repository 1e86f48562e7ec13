// Measures the page in the frame: how wide it is, which texts are cut by a box around them, which texts meet.
onload = () => {
  const page = document.getElementById("page").contentDocument;
  const view = page.defaultView;
  const root = page.documentElement;
  const short = (node) => node.textContent.trim().replace(/\s+/g, " ").slice(0, 60);
  const texts = [];
  const walker = page.createTreeWalker(page.body, view.NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.textContent.trim() || node.parentElement.closest("style, script")) continue;
    const range = page.createRange();
    range.selectNodeContents(node);
    texts.push({ node, boxes: [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0) });
  }
  const cut = texts.filter(({ node, boxes }) => boxes.length === 0 || boxes.some((box) => {
    if (box.left < -1 || box.right > root.clientWidth + 1) return true;
    for (let around = node.parentElement; around && around !== root; around = around.parentElement) {
      const hides = view.getComputedStyle(around).overflowX !== "visible";
      const edge = around.getBoundingClientRect();
      const inside = box.left >= edge.left - 1 && box.right <= edge.right + 1;
      if (hides && !(inside && box.top >= edge.top - 1 && box.bottom <= edge.bottom + 1)) return true;
      if (view.getComputedStyle(around).display === "table-cell" && !inside) return true;
    }
    return false;
  }));
  // Boxes of lines reach into each other by their leading: only the middle half of a line's height counts.
  const core = (box) => [box.left + 1, box.top + box.height / 4, box.right - 1, box.bottom - box.height / 4];
  const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const covered = [];
  const parts = texts.flatMap(({ node, boxes }) => boxes.map((box) => ({ node, at: core(box) })));
  parts.sort((a, b) => a.at[1] - b.at[1]);
  for (let first = 0; first < parts.length; first++) {
    for (let next = first + 1; next < parts.length && parts[next].at[1] < parts[first].at[3]; next++) {
      const [a, b] = [parts[first], parts[next]];
      if (a.node !== b.node && meet(a.at, b.at)) covered.push([short(a.node), short(b.node)]);
    }
  }
  document.getElementById("told").textContent = JSON.stringify({
    texts: texts.length,
    scrollWidth: root.scrollWidth,
    clientWidth: root.clientWidth,
    cut: cut.map(({ node }) => short(node)),
    covered,
  });
};
