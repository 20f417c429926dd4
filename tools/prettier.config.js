// The style of the page's JavaScript and CSS: `make format` puts the files into it, `make lint` asks that they are in it.

export default { printWidth: 120 };
