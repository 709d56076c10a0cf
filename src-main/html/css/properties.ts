const words = (text: string): string[] => text.trim().split(/\s+/);

const SIDES = ['top', 'right', 'bottom', 'left'];

/**
 * The properties an email may set. What is missing is missing for a reason: `position`, `z-index`, `transform`,
 * `filter`, blending, clips and masks could lay one thing over another or undo the dark mode, `content` could say what
 * no text has, `text-shadow` could show the words that stand for a picture, animations and cursors could load or
 * distract, custom properties carry addresses past every check.
 */
export const PROPERTIES: ReadonlySet<string> = new Set([
  ...words(`background background-color background-image background-position background-repeat background-size
    background-clip background-origin border border-collapse border-color border-radius border-spacing border-style
    border-width border-top-left-radius border-top-right-radius border-bottom-left-radius border-bottom-right-radius
    box-shadow box-sizing caption-side clear color direction display empty-cells float outline outline-color
    outline-style outline-width outline-offset opacity unicode-bidi vertical-align visibility table-layout`),
  ...SIDES.flatMap((side) => ['', '-color', '-style', '-width'].map((what) => `border-${side}${what}`)),
  ...['margin', 'padding'].flatMap((box) => [box, ...SIDES.map((side) => `${box}-${side}`)]),
  ...words(`width height min-width min-height max-width max-height overflow overflow-x overflow-y aspect-ratio
    object-fit object-position`),
  ...words(`font font-family font-size font-style font-variant font-weight font-stretch line-height letter-spacing
    word-spacing word-break word-wrap overflow-wrap white-space hyphens tab-size text-align text-align-last
    text-decoration text-decoration-color text-decoration-line text-decoration-style text-decoration-thickness
    text-indent text-overflow text-transform text-underline-offset text-wrap quotes list-style
    list-style-image list-style-position list-style-type`),
  ...words(`flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap align-content align-items
    align-self justify-content justify-items justify-self gap row-gap column-gap order column-count column-width
    columns page-break-after page-break-before page-break-inside break-after break-before break-inside orphans widows`),
]);

/** The properties among them whose value may hold the address of a picture. */
export const PICTURE_PROPERTIES: ReadonlySet<string> = new Set([
  'background',
  'background-image',
  'list-style',
  'list-style-image',
]);

/** The properties among them whose value may hold a string. */
export const STRING_PROPERTIES: ReadonlySet<string> = new Set(['font', 'font-family', 'quotes']);

/** Functions that only compute: none of them loads, reads an attribute or depends on the reader's settings. */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  words(`rgb rgba hsl hsla hwb lab lch oklab oklch calc min max clamp linear-gradient radial-gradient conic-gradient
    repeating-linear-gradient repeating-radial-gradient -webkit-linear-gradient`),
);

/** The functions whose strings are addresses, so that what they would load is counted. */
export const LOADING_FUNCTIONS: ReadonlySet<string> = new Set(
  words('url src image image-set -webkit-image-set cross-fade -webkit-cross-fade attr var env element paint'),
);

export const UNITS: ReadonlySet<string> = new Set(
  words('px em rem ex ch lh pt pc in cm mm q vw vh vmin vmax deg rad grad turn fr'),
);
