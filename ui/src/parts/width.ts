// The width of an element, as it is and as it changes.
import { useLayoutEffect, useState } from "react";

export function useWidth<E extends HTMLElement>() {
  const [element, setElement] = useState<E | null>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element) return;
    setWidth(element.clientWidth);
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [element]);
  return { element, setElement, width };
}
