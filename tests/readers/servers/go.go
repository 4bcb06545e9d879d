// Readers in Go: `go.go HOST NAME=PORT...`.
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi"
	"github.com/gorilla/mux"
	"github.com/julienschmidt/httprouter"
	"github.com/labstack/echo"
)

const (
	linkPath = "/auth/verify"
	callPath = "/v1/auth/verify"
)

// handled says of the token that a handler was given: the bytes of its text in hex.
func handled(w http.ResponseWriter, token string) {
	if token != "" {
		w.Header().Set("x-redeemed", hex.EncodeToString([]byte(token)))
	}
	io.WriteString(w, "handled")
}

func link(w http.ResponseWriter, r *http.Request) {
	handled(w, r.URL.Query().Get("token"))
}

// call looks for the token in a form and in JSON, whatever the body's type is.
func call(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	token := r.PostFormValue("token")
	if token == "" {
		token = ofJSON(body)
	}
	handled(w, token)
}

func ofJSON(body []byte) string {
	var fields struct{ Token string }
	json.NewDecoder(bytes.NewReader(body)).Decode(&fields)
	return fields.Token
}

func serveMux() http.Handler {
	router := http.NewServeMux()
	router.HandleFunc(linkPath, link)
	router.HandleFunc(callPath, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			call(w, r)
		}
	})
	return router
}

func ofGorilla() http.Handler {
	router := mux.NewRouter()
	router.HandleFunc(linkPath, link)
	router.HandleFunc(callPath, call).Methods(http.MethodPost)
	return router
}

func ofChi() http.Handler {
	router := chi.NewRouter()
	router.HandleFunc(linkPath, link)
	router.Post(callPath, call)
	return router
}

func ofHttprouter() http.Handler {
	router := httprouter.New()
	router.HandlerFunc(http.MethodGet, linkPath, link)
	router.HandlerFunc(http.MethodPost, linkPath, link)
	router.HandlerFunc(http.MethodPost, callPath, call)
	return router
}

func ofGin() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Any(linkPath, func(c *gin.Context) { handled(c.Writer, c.Query("token")) })
	router.POST(callPath, func(c *gin.Context) {
		var fields struct {
			Token string `form:"token" json:"token"`
		}
		c.ShouldBind(&fields)
		handled(c.Writer, fields.Token)
	})
	return router
}

func ofEcho() http.Handler {
	router := echo.New()
	router.Any(linkPath, func(c echo.Context) error {
		handled(c.Response(), c.QueryParam("token"))
		return nil
	})
	router.POST(callPath, func(c echo.Context) error {
		var fields struct {
			Token string `form:"token" json:"token"`
		}
		c.Bind(&fields)
		handled(c.Response(), fields.Token)
		return nil
	})
	return router
}

func main() {
	log.SetOutput(io.Discard)
	readers := map[string]func() http.Handler{
		"go": serveMux, "gorilla": ofGorilla, "chi": ofChi, "httprouter": ofHttprouter, "gin": ofGin, "echo": ofEcho,
	}
	for _, reader := range os.Args[2:] {
		name, port, _ := strings.Cut(reader, "=")
		go http.ListenAndServe(os.Args[1]+":"+port, readers[name]())
	}
	select {}
}
