/** Curves on a canvas. All colours are handed in, all positions are pixels of the page. */

const font = '11px system-ui, sans-serif';

/** A canvas cleared and sized for the screen's real pixels, ready to be drawn on. */
export function prepare(canvas, width, height) {
    const density = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * density), Math.round(height * density)];
    if (canvas.width !== across || canvas.height !== down) {
        [canvas.width, canvas.height] = [across, down];
    }
    const context = canvas.getContext('2d');
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = font;
    return context;
}

/** The grid with its labels: values to the left, the common axis below. */
export function paintAxes(context, area, xScale, yScale, { ink, grid }) {
    context.lineWidth = 1;
    context.strokeStyle = grid;
    context.fillStyle = ink;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const { value, label } of yScale.ticks) {
        const y = Math.round(yScale.toPixel(value)) + 0.5;
        line(context, area.left, y, area.right, y);
        context.fillText(label, area.left - 6, y);
    }
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const { value, label } of xScale.ticks) {
        const x = Math.round(xScale.toPixel(value)) + 0.5;
        line(context, x, area.bottom, x, area.bottom + 4);
        // The outermost labels stay inside the picture.
        const half = context.measureText(label).width / 2;
        const middle = Math.min(Math.max(x, half), area.right + 8 - half);
        context.fillText(label, middle, area.bottom + 7);
    }
}

function line(context, x0, y0, x1, y1) {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
}

/** Between what is no number: the runs of neighbouring points. */
function runs(points, yOf) {
    const runs = [[]];
    for (const point of points) {
        if (Number.isFinite(yOf(point))) runs.at(-1).push(point);
        else if (runs.at(-1).length > 0) runs.push([]);
    }
    return runs.filter((run) => run.length > 0);
}

/** The reach of joined points, from their smallest to their largest value. */
export function paintBand(context, points, toPixel, color, alpha) {
    context.fillStyle = color;
    context.globalAlpha = alpha;
    for (const run of runs(points, ({ min }) => toPixel(min))) {
        context.beginPath();
        for (const { pixel, max } of run) context.lineTo(pixel, toPixel(max));
        for (const { pixel, min } of run.reverse()) context.lineTo(pixel, toPixel(min));
        context.closePath();
        context.fill();
    }
    context.globalAlpha = 1;
}

/** A line through the points; one that stands alone between gaps is a dot. */
export function paintLine(context, points, toPixel, { color, width, alpha = 1, dash = [] }) {
    context.strokeStyle = color;
    context.fillStyle = color;
    context.lineWidth = width;
    context.globalAlpha = alpha;
    context.lineJoin = 'round';
    context.setLineDash(dash);
    for (const run of runs(points, ({ y }) => toPixel(y))) {
        context.beginPath();
        for (const { pixel, y } of run) context.lineTo(pixel, toPixel(y));
        context.stroke();
        if (run.length === 1) dot(context, run[0].pixel, toPixel(run[0].y), width + 0.5);
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
}

/** A diamond at each point: told from lines without any colour. */
export function paintDiamonds(context, points, area, toPixel, { color, paper }) {
    context.fillStyle = color;
    context.strokeStyle = paper;
    context.lineWidth = 1.5;
    for (const { pixel, y } of points) {
        const isInside = pixel >= area.left - 1 && pixel <= area.right + 1;
        if (y === null || !isInside || !Number.isFinite(toPixel(y))) continue;
        const middle = toPixel(y);
        context.beginPath();
        context.moveTo(pixel, middle - 5.5);
        context.lineTo(pixel + 5.5, middle);
        context.lineTo(pixel, middle + 5.5);
        context.lineTo(pixel - 5.5, middle);
        context.closePath();
        context.stroke();
        context.fill();
    }
}

/** A small triangle on the floor wherever a value was no number. */
export function paintLostValues(context, points, bottom, color) {
    context.fillStyle = color;
    for (const { pixel, y } of points) {
        if (y !== null) continue;
        context.beginPath();
        context.moveTo(pixel, bottom - 8);
        context.lineTo(pixel + 4, bottom);
        context.lineTo(pixel - 4, bottom);
        context.fill();
    }
}

/** The line under the pointer, with a dot on each curve. */
export function paintCrosshair(context, area, x, dots, { ink, paper }) {
    context.strokeStyle = ink;
    context.lineWidth = 1;
    context.globalAlpha = 0.5;
    line(context, Math.round(x) + 0.5, area.top, Math.round(x) + 0.5, area.bottom);
    context.globalAlpha = 1;
    for (const { pixel, y, color } of dots) {
        context.fillStyle = paper;
        dot(context, pixel, y, 5);
        context.fillStyle = color;
        dot(context, pixel, y, 3.5);
    }
}

/** The part that is being chosen for a closer look. */
export function paintSelection(context, area, from, to, color) {
    context.fillStyle = color;
    context.globalAlpha = 0.15;
    context.fillRect(Math.min(from, to), area.top, Math.abs(to - from), area.bottom - area.top);
    context.globalAlpha = 1;
}

function dot(context, x, y, radius) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
}
