// The same answer whatever is asked: no understanding, a session in memory.
const think = Number(process.env.THINK_MS || 0);
module.exports = async function App(context) {
  if (think) await new Promise((done) => setTimeout(done, think));
  context.setState({ turns: context.state.turns + 1 });
  await context.sendText(process.env.ANSWER);
};
