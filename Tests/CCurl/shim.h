// libcurl's setters take any number of arguments of any type, which Swift cannot call.
#ifndef DQN_CCURL_SHIM_H
#define DQN_CCURL_SHIM_H

#include <curl/curl.h>
#include <stdio.h>

static inline CURLcode dqn_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode dqn_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode dqn_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline long dqn_curl_get_number(CURL *easy, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

#endif
