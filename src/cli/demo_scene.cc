#include "cli/demo_scene.h"

namespace plimsoll::cli {
namespace {

// Everybody is reached by a fixed address: no name is ever looked up, so no query can leave the machine.
constexpr const char* nginx_conf = R"(user www-data;
worker_processes 1;
daemon off;
error_log stderr warn;
pid /run/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  upstream nodes {
    server 172.29.113.11:8080;
    server 172.29.113.12:8080;
    server 172.29.113.13:8080;
    keepalive 6;
  }
  server {
    listen 80;
    keepalive_requests 1000000;
    location / {
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
)";

// Counts visits in redis over one lasting connection, spoken in plain RESP, and says its password first: the scene's
// own traffic is that of a decent application, and nothing is to be detected in it.
constexpr const char* node_js = R"('use strict';
const http = require('http');
const net = require('net');
let waiting = [];
let redis = null;
function away() { waiting.splice(0).forEach((answer) => answer('redis is away')); }
function connect() {
  away();
  redis = net.connect(6379, '172.29.114.20');
  redis.setKeepAlive(true);
  redis.on('data', (replies) => replies.toString().trim().split('\r\n').forEach((reply) => {
    const answer = waiting.shift();
    if (answer) answer(reply.slice(1));
  }));
  waiting.push(() => {});
  redis.write('*2\r\n$4\r\nAUTH\r\n$8\r\nplimsoll\r\n');
  redis.on('error', () => {});
  redis.on('close', () => { away(); setTimeout(connect, 1000); });
}
connect();
http.createServer((request, response) => {
  waiting.push((count) => response.end('visit ' + count + '\n'));
  redis.write('*2\r\n$4\r\nINCR\r\n$6\r\nvisits\r\n');
}).listen(8080, '0.0.0.0');
)";

// Plays the outside: asks the front once a second over one lasting connection.
constexpr const char* visitor_js = R"('use strict';
const http = require('http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
function visit() {
  const request = http.get({ host: '203.0.113.242', port: 80, agent, timeout: 5000 }, (response) => {
    response.resume();
    response.on('end', () => console.log('visited ' + response.statusCode));
  });
  request.on('error', (error) => console.log('failed ' + error.code));
  request.on('timeout', () => request.destroy());
}
setInterval(visit, 1000);
visit();
)";

// What an application left behind years ago: the manifests of old modules, as `npm install` writes them.
std::vector<std::pair<std::string, std::string>> old_modules() {
  struct Module {
    const char* name;
    const char* version;
  };
  constexpr Module modules[] = {{"lodash", "4.17.4"},     {"minimist", "0.0.8"}, {"jquery", "1.12.4"},
                                {"handlebars", "4.0.11"}, {"moment", "2.19.2"},  {"ws", "1.1.0"},
                                {"marked", "0.3.6"},      {"ejs", "2.5.5"},      {"bootstrap", "3.3.7"},
                                {"tough-cookie", "2.2.2"}};
  std::vector<std::pair<std::string, std::string>> files;
  for (const Module& module : modules) {
    const std::string name = module.name;
    files.emplace_back("srv/app/node_modules/" + name + "/package.json",
                       "{\"name\": \"" + name + "\", \"version\": \"" + module.version + "\"}\n");
  }
  return files;
}

// The same of Python: the metadata that installers leave beside a distribution.
std::vector<std::pair<std::string, std::string>> old_distributions() {
  struct Distribution {
    const char* name;
    const char* version;
  };
  constexpr Distribution distributions[] = {{"Django", "2.2.3"},    {"Jinja2", "2.10"},    {"PyYAML", "5.1"},
                                            {"requests", "2.19.0"}, {"urllib3", "1.24.1"}, {"Pillow", "6.0.0"},
                                            {"lxml", "4.2.0"},      {"Flask", "0.12.2"}};
  std::vector<std::pair<std::string, std::string>> files;
  for (const Distribution& distribution : distributions) {
    const std::string name = distribution.name;
    const std::string version = distribution.version;
    files.emplace_back("usr/local/lib/python3.11/dist-packages/" + name + "-" + version + ".dist-info/METADATA",
                       "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
  }
  return files;
}

std::vector<std::pair<std::string, std::string>> left_behind() {
  std::vector<std::pair<std::string, std::string>> files = old_modules();
  for (auto& file : old_distributions()) files.push_back(std::move(file));
  return files;
}

const std::vector<std::string> idle = {"sleep", "infinity"};

}  // namespace

std::vector<DemoNetwork> demo_networks() {
  return {
      {"plimsoll-demo-outside", "203.0.113.240/28", "203.0.113.241",
       true},  // plays the Internet (RFC 5737 documentation block)
      {"plimsoll-demo-edge", "172.29.112.0/24", "172.29.112.1", false},  // so that the front's port can be published
      {"plimsoll-demo-front", "172.29.113.0/24", "172.29.113.1", true},
      {"plimsoll-demo-back", "172.29.114.0/24", "172.29.114.1", true},
      {"plimsoll-demo-alone", "172.29.115.0/24", "172.29.115.1", true},
  };
}

std::vector<DemoImage> demo_images() {
  return {
      {"plimsoll-demo/outdated:1", false, {}, left_behind()},
      {"plimsoll-demo/base:1", true, {}, {}},
      {"plimsoll-demo/nginx:1", true, {"nginx-light"}, {{"etc/nginx/nginx.conf", nginx_conf}}},
      {"plimsoll-demo/node:2", true, {"nodejs"}, {{"srv/node.js", node_js}, {"srv/visitor.js", visitor_js}}},
      {"plimsoll-demo/redis:1", true, {"redis-server"}, {}},
  };
}

std::vector<DemoContainer> demo_containers() {
  std::vector<DemoContainer> scene;
  scene.push_back({"plimsoll-demo-redis",
                   "plimsoll-demo/redis:1",
                   {"redis-server", "--bind", "0.0.0.0", "--requirepass", "plimsoll", "--save", ""},
                   {{"plimsoll-demo-back", "172.29.114.20"}}});
  for (int i = 1; i <= 3; ++i) {
    const std::string n = std::to_string(i);
    scene.push_back({"plimsoll-demo-node" + n,
                     "plimsoll-demo/node:2",
                     {"node", "/srv/node.js"},
                     {{"plimsoll-demo-front", "172.29.113.1" + n}, {"plimsoll-demo-back", "172.29.114.1" + n}}});
  }
  DemoContainer front{"plimsoll-demo-nginx",
                      "plimsoll-demo/nginx:1",
                      {"nginx"},
                      {{"plimsoll-demo-edge", "172.29.112.10"},
                       {"plimsoll-demo-front", "172.29.113.10"},
                       {"plimsoll-demo-outside", "203.0.113.242"}}};
  front.publish_address = "203.0.113.241";
  front.publish_host_port = front.publish_container_port = 80;
  scene.push_back(front);
  scene.push_back({"plimsoll-demo-visitor",
                   "plimsoll-demo/node:2",
                   {"node", "/srv/visitor.js"},
                   {{"plimsoll-demo-outside", "203.0.113.246"}}});
  scene.push_back(
      {"plimsoll-demo-privileged", "plimsoll-demo/base:1", idle, {{"plimsoll-demo-alone", "172.29.115.11"}}, true});
  DemoContainer socket{
      "plimsoll-demo-socket", "plimsoll-demo/base:1", idle, {{"plimsoll-demo-alone", "172.29.115.12"}}};
  socket.bind = "/var/run/docker.sock:/var/run/docker.sock";
  scene.push_back(socket);
  scene.push_back(
      {"plimsoll-demo-outdated", "plimsoll-demo/outdated:1", idle, {{"plimsoll-demo-alone", "172.29.115.13"}}});
  scene.push_back({"plimsoll-demo-plain", "plimsoll-demo/base:1", idle, {{"plimsoll-demo-alone", "172.29.115.14"}}});
  return scene;
}

}  // namespace plimsoll::cli
