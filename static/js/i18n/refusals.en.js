// What is refused, in English: a text for each code, of all tabs. {where} is the name of a setting with a colon; it is
// empty where the text stands beside the setting. refusals.zh.js has the same keys.

export default {
  // Any tab.
  "refused.where": "{name}: ",
  "refused.whole": "{where}“{value}” is not a whole number from {low} to {high}.",
  "refused.number": "{where}“{value}” is not a number from {low} to {high}.",
  "refused.no-whole": "{where}A whole number from {low} to {high} has to stand here.",
  "refused.no-number": "{where}A number from {low} to {high} has to stand here.",
  "refused.choice": "{where}“{value}” is not one of {choices}.",
  "refused.flag": "{where}“{value}” is neither on nor off.",
  "refused.bad-request": "The server could not read this request. Please reload the page and try again.",
  "refused.no-address":
    "The server does not know this request: its version differs from the page’s. Please reload the page.",
  "refused.no-method":
    "The server does not know this request: its version differs from the page’s. Please reload the page.",
  "refused.body-too-large": "This is more than the server takes at once.",
  "refused.media-type": "The server does not take a file of this kind here.",
  "refused.origin": "The server takes this request only from its own page.",
  "refused.host": "This address is no name of the server. Please open the page by the address that you were given.",
  "refused.too-fast": "Too many commands at once: one was not carried out. Please try again in a moment.",
  "refused.full": "The server is full. This page goes on by itself as soon as there is a place.",
  "refused.no-room":
    "The server takes no further connection just now: this browser has too many pages of it open, or too many people are here. Close other tabs of this site; this page goes on by itself as soon as there is room.",
  "refused.offline": "The server cannot be reached: nothing was changed. Please try again in a moment.",
  "refused.unreachable": "The server cannot be reached. This page goes on by itself as soon as it can.",
  "refused.timeout": "The server did not answer in time. Please try again.",
  "refused.mistake": "The server has made a mistake. Its log says which.",
  "refused.http": "The server, or a machine on the way to it, has not answered as it should: {error}",
  "refused.other": "That did not work: {error}",
  "refused.database-gone":
    "The server’s database cannot be reached just now. Please try again in a moment; if that lasts, tell the teacher.",
  "refused.database-locked": "The server’s database is busy. Please try again in a moment.",
  "refused.database-full": "The server’s disk is full: nothing was stored. Please tell the teacher.",
  "refused.database-read-only":
    "The server may not write into its database: nothing was stored. Please tell the teacher.",
  "refused.database-newer": "The server’s database is that of a newer version. Please tell the teacher.",
  "refused.database-damaged": "The server’s database is damaged. Please tell the teacher.",

  // The Playground.
  "refused.layers": "{where}“{value}” is not a list of at most {layers} layers of 1 to {neurons} neurons.",
  "refused.per-layer-number":
    "{where}“{value}” is not a list of numbers from {low} to {high}, one for each of at most {layers} hidden {layers|layer|layers}.",
  "refused.per-layer-choice":
    "{where}“{value}” is not a list of names, one for each of at most {layers} hidden {layers|layer|layers}. There are {choices}.",
  "refused.text": "{where}“{value}” is not a text of 1 to {most} characters without space, &, = and #.",
  "refused.length": "{where}it is longer than {most} characters and was not read.",
  "refused.full-browser":
    "This browser has {most} Playgrounds open, the most allowed. Close another tab: this page then goes on by itself.",
  "refused.no-session": "This page has no Playground on the server yet: nothing was changed.",
  "refused.elsewhere": "This session is open in another page: nothing was changed. Take it back here first.",
  "refused.diverged":
    "The training has diverged and cannot go on as it is: reset it, or change a setting or a weight first.",
  "refused.edit":
    "Edits in the link: “{value}” cannot be made there: its value, its place in this network or its epoch. No edit was made.",
  "refused.too-many-edits": "This training has {most} edits already, the most there may be. Reset begins a new one.",
  "refused.too-many-points":
    "At most {most} points can be added and erased while a network trains. Reset begins a new training.",
  "refused.points": "{where}“{value}” is no set of {low} to {high} points.",
  "refused.points-format": "{where}these points come from a newer server, which writes them in another form.",
  "refused.points-finite": "{where}there is a value among them that is no number, or too large.",
  "refused.points-outside": "{where}some of the points lie outside the plane.",
  "refused.points-count": "{low} to {high} points can be trained. Nothing was changed.",
  "refused.class-names": "A class’s name has up to {most} characters, all of which can be seen.",
  "refused.points-classes": "A set of points has 2 to {most} classes, and every point is of one of them.",
  "refused.points-of-classification": "There are no points of your own with classes: draw some, or open a file.",
  "refused.points-of-regression": "There are no points of your own with values: draw some, or open a file.",
  "refused.not-own-data": "Only one’s own points can be added to or erased: begin to draw first.",
  "refused.places": "Not x and y of 1 to {most} points on the map.",
  "refused.no-settings": "No setting was found in the link, so these are the default ones.",
  "refused.remnants":
    "The link was cut or changed at “{value}”, which was not understood: what was meant there has its default.",
  "refused.broken-seed":
    "Seed: “{value}” may be what is left of {number}, where a mail or a chat broke the link. It was taken as it stands.",
  "refused.edits-of-link": "The link has more than {most} edits, the most there may be. None of them was made.",
  "refused.points-of-link":
    "The link’s edits add and erase more than {most} points, the most there may be. None of them was made.",
  "refused.link-too-long":
    "So much was changed by hand that no link can hold it: it would be longer than {most} characters.",
  "refused.too-large": "The points of this run were drawn anew too often: a file has at most {most} sets of them.",
  "refused.protocol":
    "This page is of another version than the server: it speaks protocol {value}, and the server {known}. Please reload it.",
  "refused.study-runs": "A study is running already: cancel it first, or let it end.",
  "refused.no-study": "There is no study to compare with yet: let one end first.",
  "refused.no-change": "There is nothing to undo or redo.",
  "refused.restored":
    "These weights were taken from this page: no link gives them, and nothing before them can be gone back to.",
  "refused.no-command":
    "The server does not know this command: it has another version than this page. Please load the page again.",
  "refused.no-data":
    "This server does not have these points: they were given to another server, or nobody has used them for a long time. Draw them again, or open their file again.",
  "refused.no-points": "These are no points that this server can read, or only a part of them.",
  "refused.data-too-long": "These points take more than {most} bytes, the most that the server keeps.",
  "refused.too-much-data":
    "This browser has given the server {most} sets of points within a day, the most allowed. Please try again tomorrow.",
  "refused.data-full": "The server has no more room for points. Please tell the teacher.",
  "refused.failed":
    "The server failed on this network, and training has ended. Reset or change a setting: that gives you a new network.",
  "refused.unreadable-part": "The link’s “{field}” cannot be read and is left out.",

  // LeNet-5.
  "refused.name": "A name has at most {most} characters in one line.",
  "refused.holdout": "{value} is too many: train images are {most}.",
  "refused.batch": "{value} is too many: there {most|is|are} {most} {most|image|images} to train on.",
  "refused.combinations": "That makes {count} {count|combination|combinations}; {most} are possible at most.",
  "refused.no-axes": "Choose a setting to vary.",
  "refused.values": "Enter 1 to {most} values.",
  "refused.twice": "A value stands there twice.",
  "refused.range": "The first number must be the smaller one, and above 0 on a log scale.",
  "refused.outdated": "This run has settings that this version does not know: {names}.",
  "refused.no-gpu": "This server has no GPU.",
  "refused.too-many-runs":
    "You have {count} {count|run|runs} queued or running already. Stop one, or wait for one to finish.",
  "refused.not-yours": "This run belongs to another browser.",
  "refused.no-such-run": "There is no such run. It may have been deleted.",
  "refused.reading": "The server is still reading its runs. Please try again in a moment.",
  "refused.unreadable": "This run's files cannot be read: {error}",
  "refused.in-use": "The run cannot be deleted: {error}",
  "refused.too-many-runs-of-programs":
    "Programs without a cookie have {count} {count|run|runs} queued or running already, the most they may have together.",
  "refused.queue-full": "The queue is full: {have} of {most} wait or are trained. Please try again when some are done.",
  "refused.busy": "The server is busy: nothing was changed. Please try again in a moment.",
  "refused.queue-unanswered": "The queue of runs does not answer. What you asked for may still be done.",
  "refused.damaged-network": "The saved network {file} is damaged: it cannot be read.",
  "refused.no-such-epoch": "This run has no such epoch.",
  "refused.not-active": "The run is no longer in a state where that can be done.",
  "refused.wrong-token": "That is not the teacher's token.",
  "refused.no-files": "Its files were removed from the server by hand: only what is shown is left.",
  "refused.no-file": "The data set is not on the server yet. It is fetched by the first run.",
  "refused.no-worker": "No machine that trains runs is connected just now. Please try again in a moment.",
  "refused.queue-unreachable": "The queue of runs cannot be reached: {error}",
  "refused.no-answer": "The network could not be asked: {error}",
  "refused.invalid": "The server does not take this value: {error}",
  "refused.too-many-followed": "This page follows {count} {count|run|runs} already. Please reload it.",
  "refused.empty-drawing": "The canvas is empty: draw a digit, and the network answers.",
  "refused.disk-full":
    "The server’s disk is full: nothing was stored. Please delete runs that are no longer needed, or tell the teacher.",
  "refused.disk-refuses": "The server cannot store this: {error}. Please tell the teacher.",

  // The notebook.
  "refused.no-notebook": "This notebook is not there any more: perhaps it was deleted in another window.",
  "refused.no-pin": "This pin is not there any more.",
  "refused.no-picture": "This picture is not there any more.",
  "refused.no-template": "This template is not offered any more.",
  "refused.no-recovery": "No notebooks belong to this code. Please check each letter.",
  "refused.notebook-deleted": "This notebook was deleted. It can be restored for seven days.",
  "refused.too-many-notebooks": "{most} notebooks are as many as there may be. Delete one to make room.",
  "refused.too-many-cells": "A notebook has room for {most} cells. Please go on in another one.",
  "refused.too-many-pins": "A notebook has room for {most} pins. Please go on in another one.",
  "refused.notebook-full":
    "This notebook is full: {most} bytes are the most there may be, three for a Chinese character. Please go on in another one.",
  "refused.too-many-bytes":
    "There is no more room for pictures in this browser's notebooks. Please delete some, or a notebook that is no longer needed.",
  "refused.notebooks-full": "The server has no more room for notebooks. Please tell the teacher.",
  "refused.picture-broken": "This picture cannot be read. Please save it as PNG or JPEG and try again.",
  "refused.export-failed": "The report could not be made. Please try again.",
  "refused.archive-damaged":
    "This file is damaged, or no .zip file. Please export the notebook again and choose that file.",
  "refused.archive-entry": "This .zip file is no notebook’s. Please choose the one that Playlab exported, as it was.",
  "refused.archive-notebook":
    "The notebook in this file cannot be read: it was changed or damaged after it was exported. Please export it again.",
  "refused.archive-format":
    "This file is of format {format}, that of a newer version. This server reads format {known}. Please ask the teacher to update this server, or export the notebook again on a server of the same version as this one.",
  "refused.archive-missing": "This file is not whole: {name} is missing in it. Please export the notebook again.",
  "refused.archive-view":
    "This file has a pin of a kind that this server does not know ({view}): it comes from a newer version. Please ask the teacher to update this server, or export the notebook again without that pin.",
  "refused.archive-size": "This file, or a part of it, is larger than a notebook may be: {most} MB are the most.",
  "refused.picture-kind": "Only PNG, JPEG, GIF and WebP pictures can be put here.",
  "refused.picture-too-large":
    "The picture is too large: at most {megabytes} MB and {megapixels} megapixels. Please make it smaller and try again.",
  "refused.press-busy": "The server draws for many at the moment. Please try again in a moment.",
  "refused.press-failed": "The server could not draw this. Please try again.",
  "refused.too-many-exports": "A report is being made already. Please wait until it is ready.",
  "refused.export-too-large":
    "The report is too large. Please leave some pictures or long tables out, or make two notebooks of it.",
  "refused.export-too-long":
    "The report took too long to make. Please leave some pictures or long tables out, or make two notebooks of it.",
  "refused.no-export": "The report was kept for ten minutes and is gone. Please export again.",
  "refused.note-changed": "This note was changed in the notebook meanwhile. It stays as it is there.",
  "refused.notebook-invalid": "The server does not take what was sent. Please reload the page and try again.",
  "refused.not-teacher": "Only the teacher can do this.",
  "refused.pin-too-large": "This result is too large to be kept in a notebook.",
};
