// The page's own line icons, 16 by 16; each stands beside its word or has one as the label of its button.
const shapes = {
  overview: "M2 14V9M6.5 14V5M11 14V8M15 14V2",
  containers: "M2 5l6-3 6 3v6l-6 3-6-3zM2 5l6 3 6-3M8 8v6",
  nodes: "M2 3h12v4H2zM2 9h12v4H2zM5 5h.01M5 11h.01",
  network:
    "M4 4h.01M12 4.5h.01M8 12h.01M5.5 4.2h5M5 5.5l2.4 5M11 6l-2.2 4.5M2.5 4a1.5 1.5 0 103 0 1.5 1.5 0 10-3 0M10.5 4.5a1.5 1.5 0 103 0 1.5 1.5 0 10-3 0M6.5 12a1.5 1.5 0 103 0 1.5 1.5 0 10-3 0",
  threats: "M8 2l6.5 12h-13zM8 6.5v3.5M8 12h.01",
  images: "M2 4l6-2 6 2-6 2zM2 8l6 2 6-2M2 12l6 2 6-2",
  responses: "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM5 8h6",
  policy: "M3 2h10v12H3zM5.5 8.2l1.8 1.8 3.4-4",
  log: "M3 2h10v12H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  settings: "M2 4h6M11 4h3M2 8h2M7 8h7M2 12h7M12 12h2M8 2.5v3M4 6.5v3M9 10.5v3",
  search: "M7 2a5 5 0 100 10A5 5 0 007 2zM10.7 10.7L14.5 14.5",
  close: "M3 3l10 10M13 3L3 13",
  copy: "M5 5h9v9H5zM11 5V2H2v9h3",
  check: "M2.5 8.5l3.5 3.5 7.5-8",
  down: "M3.5 6l4.5 4.5L12.5 6",
  right: "M6 3.5l4.5 4.5L6 12.5",
  up: "M3.5 10L8 5.5l4.5 4.5",
  menu: "M2 4h12M2 8h12M2 12h12",
  more: "M3 8h.01M8 8h.01M13 8h.01",
  sun: "M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  moon: "M13.5 9.5A6 6 0 016.5 2.5a6 6 0 107 7z",
  export: "M8 2v8M4.5 6.5L8 10l3.5-3.5M2 13.5h12",
  columns: "M2 3h12v10H2zM6 3v10M10 3v10",
  scan: "M13.5 8A5.5 5.5 0 112.9 6M2.5 2.5V6H6",
  key: "M10.5 2a3.5 3.5 0 11-3 5.3L2 12.8V14h2.5l.5-1.5 1.5-.5.5-1.5 1-.9A3.5 3.5 0 0110.5 2z",
  person: "M8 2a3 3 0 100 6 3 3 0 000-6zM2.5 14c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5",
  wanIn: "M1 8h9M6.5 4.5L10 8l-3.5 3.5M12 2v12",
  wanOut: "M6 8h9M11.5 4.5L15 8l-3.5 3.5M3 2v12",
  privileged: "M8 1.5l5.5 2v4c0 3.5-2.5 6-5.5 7-3-1-5.5-3.5-5.5-7v-4zM8 5v6M5.5 8h5",
  socket: "M5 2v4M11 2v4M3 6h10v2a5 5 0 01-10 0zM8 13v2",
  hostNet: "M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM1.5 8h13M8 1.5c-4 4-4 9 0 13M8 1.5c4 4 4 9 0 13",
  escape: "M9 2h5v5M14 2L7.5 8.5M12 9v5H2V4h5",
  edit: "M3 13l.5-3L11 2.5l2.5 2.5L6 12.5z",
  play: "M4 2.5l9 5.5-9 5.5z",
  pause: "M5 3v10M11 3v10",
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
