// The same answer whatever is asked: no understanding, a session in memory.
module.exports = async function App(context) {
  context.setState({ turns: context.state.turns + 1 });
  await context.sendText(process.env.ANSWER);
};
