/* What map and trend have in common. Tooltips are drawn on the canvas: the content security
   policy allows no markup with styles. */
export const INK = "#1b2430";
export const MUTED = "#5f6b7a";
export const LINE = "#dfe3e8";
export const BLUE = "#1f5aa6";
export const NOTHING = "#f4f6f8";
export const SHADES = ["#dce8f5", "#bdd4ec", "#93b9de", "#5590c7", "#1f5aa6"];
export const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

export const tooltip = (formatter) => ({
  trigger: "item",
  renderMode: "richText",
  confine: true,
  backgroundColor: "#fff",
  borderColor: LINE,
  textStyle: { color: INK, fontFamily: FONT },
  formatter,
});
