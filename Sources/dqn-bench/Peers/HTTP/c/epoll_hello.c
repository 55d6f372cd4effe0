// The least that one thread can do for a request: one recv, one send, lengths believed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT = 1 << 18, EVENTS = 128 };

struct client {
    int socket;
    size_t length;
    char input[INPUT + 1];
};

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhello world\n";

// Drops all requests that are complete from the input, and says how many there were.
static int take_requests(struct client *client) {
    char *start = client->input;
    char *end = client->input + client->length;
    int count = 0;
    for (;;) {
        char *blank = memmem(start, end - start, "\r\n\r\n", 4);
        if (!blank) break;
        size_t body = 0;
        char *field = memmem(start, blank - start, "Content-Length: ", 16);
        if (field) body = strtoul(field + 16, NULL, 10);
        if ((size_t)(end - blank - 4) < body) break;
        start = blank + 4 + body;
        count++;
    }
    client->length = end - start;
    memmove(client->input, start, client->length);
    return count;
}

static int serve(struct client *client) {
    ssize_t count = recv(client->socket, client->input + client->length,
                         INPUT - client->length, 0);
    if (count <= 0) return 0;
    client->length += count;
    client->input[client->length] = 0;
    static char output[256 * sizeof answer];
    size_t length = 0;
    for (int left = take_requests(client); left > 0 && length < sizeof output - sizeof answer; left--) {
        memcpy(output + length, answer, sizeof answer - 1);
        length += sizeof answer - 1;
    }
    return length == 0 || send(client->socket, output, length, MSG_NOSIGNAL) >= 0;
}

int main(int count, char **arguments) {
    int one = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(count > 1 ? atoi(arguments[1]) : 0),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("listen");
        return 1;
    }
    int poller = epoll_create1(0);
    struct epoll_event interest = {.events = EPOLLIN};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &interest);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (client) {
                if (serve(client)) continue;
                close(client->socket);
                free(client);
            } else {
                client = malloc(sizeof *client);
                client->length = 0;
                client->socket = accept(listener, NULL, NULL);
                interest.data.ptr = client;
                epoll_ctl(poller, EPOLL_CTL_ADD, client->socket, &interest);
            }
        }
    }
}
