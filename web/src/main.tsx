// SPDX-License-Identifier: Apache-2.0
// main.tsx - puts the page where page.html has room for it.
import { render } from "preact";
import "./page.css";
import { App } from "./view/app";

render(<App />, document.getElementById("app")!);
