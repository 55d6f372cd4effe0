/** Elements, written as they nest. */

/**
 * An element: `element('p', {class: 'note', onclick: close}, 'text', child)`.
 *
 * What is a property of the element is set as one, all else as an attribute; nothing is ever
 * parsed as HTML. Children that are null, undefined or false are left out.
 */
export function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (value === undefined || value === null) continue;
        if (name === 'dataset') Object.assign(made.dataset, value);
        else if (name !== 'list' && name in made) made[name] = value;
        else made.setAttribute(name, value);
    }
    const isGiven = (child) => child !== null && child !== undefined && child !== false;
    made.append(...children.flat().filter(isGiven));
    return made;
}

/** Changes a text only where it differs, so that what is selected or read aloud is left alone. */
export function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

/** A button; `label` is also its name. */
export function button(label, onclick, properties = {}) {
    return element('button', { type: 'button', onclick, ...properties }, label);
}

/** A colour that follows the theme, as the browser draws it now. */
export function colorOf(node) {
    return getComputedStyle(node).color;
}

/** Tells those who listen instead of looking; they hear nothing twice in a row. */
export function announce(text) {
    setText(document.getElementById('announcements'), text);
}

/** A line that comes up, is read aloud, and goes again. */
export function notify(text, kind = 'done') {
    const notice = element('p', { class: `notice ${kind}` }, text);
    const notices = document.getElementById('notices');
    notices.append(notice);
    setTimeout(() => notice.remove(), kind === 'error' ? 12_000 : 5_000);
}
