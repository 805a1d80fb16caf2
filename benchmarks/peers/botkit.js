// The same answer whatever is asked: no understanding, no store.
const { Botkit } = require('botkit');
const { FacebookAdapter, FacebookEventTypeMiddleware } = require('botbuilder-adapter-facebook');

const adapter = new FacebookAdapter({
  verify_token: process.env.MESSENGER_VERIFY_TOKEN,
  access_token: process.env.MESSENGER_PAGE_ACCESS_TOKEN,
  app_secret: process.env.MESSENGER_APP_SECRET,
  api_host: process.env.API_HOST,
});
adapter.use(new FacebookEventTypeMiddleware());
const controller = new Botkit({ webhook_uri: '/webhooks/messenger', adapter });
const think = Number(process.env.THINK_MS || 0);
controller.on('message', async (bot, message) => {
  if (think) await new Promise((done) => setTimeout(done, think));
  await bot.reply(message, process.env.ANSWER);
});
