/* What the pages do besides htmx. No inline handlers anywhere: behaviour hangs on data-
   attributes and is delegated, so that swapped-in pieces work too. Everything here is an
   ease; without it each page still works.

   Where two modules listen to the same event the order matters: what holds something back
   (typing, sections, sending) stands before what lets it go. */
import "./composing.js";
import "./told.js";
import "./typing.js";
import "./sections.js";
import "./sending.js";
import "./drafts.js";
import "./menus.js";
import "./nav.js";
import "./focus.js";
import "./dialogs.js";
import "./submits.js";
import "./selection.js";
import "./choices.js";
import "./drops.js";
import "./pastes.js";
import "./answers.js";
import "./wordings.js";
