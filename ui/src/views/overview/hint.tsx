// One line for who comes the first time; gone for good once it was dismissed.
import { useState } from "react";
import { Icon } from "../../parts/icon";
import { keep, recall } from "../../theme/theme";

export function Hint() {
  const [seen, setSeen] = useState(recall("plimsoll.hint") !== null);
  if (seen) return null;
  return (
    <p className="hint-line">
      Press <kbd>?</kbd> for keys.
      <button
        type="button"
        className="plain"
        aria-label="Do not show this again"
        onClick={() => {
          keep("plimsoll.hint", "seen");
          setSeen(true);
        }}
      >
        <Icon name="close" />
      </button>
    </p>
  );
}
